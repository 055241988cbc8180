with

sites as (

    select * from {{ ref('int_lead_sites') }}

),

brands as (

    select * from {{ ref('int_lead_match_brands') }}

),

branded_sites as (

    select
        sites.site_key,
        brands.brand,
        brands.bits,
        min(sites.lead_key) as lead_key
    from brands
    inner join sites on brands.lead_key = sites.lead_key
    group by sites.site_key, brands.brand, brands.bits

),

-- All sites of a brand are linked with its first one, not each with each.
beside_the_first as (

    select
        *,
        first_value(site_key) over sites_of_brand as first_site_key,
        first_value(lead_key) over sites_of_brand as first_lead_key
    from branded_sites
    window sites_of_brand as (partition by brand order by site_key)

),

final as (

    select
        first_lead_key as left_lead_key,
        lead_key as right_lead_key,
        'brand' as match_rule,
        1000 * bits + 2000 as millibits
    from beside_the_first
    where site_key <> first_site_key

)

select * from final
