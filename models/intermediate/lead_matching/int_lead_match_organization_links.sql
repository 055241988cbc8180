with

sites as (

    select * from {{ ref('int_lead_sites') }}

),

match_pairs as (

    select * from {{ ref('int_lead_match_pairs') }}

),

brands as (

    select * from {{ ref('int_lead_match_brands') }}

),

features as (

    select * from {{ ref('lead_match_features') }}

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

shared_brands as (

    select
        first_lead_key as left_lead_key,
        lead_key as right_lead_key,
        'brand' as match_rule,
        1000 * bits + 2000 as millibits
    from beside_the_first
    where site_key <> first_site_key

),

-- A shared phone or address on the internet ties sites together if their names have something in common too; the more so
-- the fewer sites have the domain: some write down one that is nobody's.
shared_contacts as (

    select
        match_pairs.left_lead_key,
        match_pairs.right_lead_key,
        case
            when match_pairs.email_level = 'same' then 'e-mail'
            when match_pairs.domain_level = 'same' then 'domain'
            else 'phone'
        end as match_rule,
        match_pairs.name_millibits + match_pairs.person_millibits
        + greatest(match_pairs.phone_millibits, 0) + greatest(match_pairs.email_millibits, 0)
        + case
            when match_pairs.domain_level = 'same'
                then 4000 - cast(round(1250 * ln(greatest(left_side.domain_sites, right_side.domain_sites)) / ln(2)) as integer)
            else 0
        end
        - 1000 as millibits
    from match_pairs
    inner join features as left_side on match_pairs.left_lead_key = left_side.lead_key
    inner join features as right_side on match_pairs.right_lead_key = right_side.lead_key
    where
        (
            match_pairs.name_level not in ('different', 'partly', 'missing')
            and (match_pairs.phone_level = 'same' or match_pairs.email_level = 'same' or match_pairs.domain_level = 'same')
        )
        -- a phone is theirs alone more often than an address on the internet is
        or (match_pairs.name_level = 'partly' and match_pairs.phone_level = 'same' and match_pairs.phone_millibits > 0)

),

unioned as (

    select * from shared_brands
    union all
    select * from shared_contacts

),

final as (

    select
        unioned.left_lead_key,
        unioned.right_lead_key,
        left_site.site_key as left_site_key,
        right_site.site_key as right_site_key,
        unioned.match_rule,
        {{ confidence(odds('unioned.millibits'), '(' ~ odds('unioned.millibits') ~ ' + 1000)') }} as confidence
    from unioned
    inner join sites as left_site on unioned.left_lead_key = left_site.lead_key
    inner join sites as right_site on unioned.right_lead_key = right_site.lead_key
    where left_site.site_key <> right_site.site_key and unioned.millibits >= 0

)

select * from final
