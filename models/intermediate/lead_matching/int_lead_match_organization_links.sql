with

sites as (

    select * from {{ ref('int_lead_sites') }}

),

unioned as (

    select * from {{ ref('int_lead_match_brand_links') }}
    union all
    select * from {{ ref('int_lead_match_contact_links') }}

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
