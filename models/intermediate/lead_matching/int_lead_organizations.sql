with

sites as (

    select * from {{ ref('int_lead_sites') }}

),

organization_links as (

    select * from {{ ref('int_lead_match_organization_links') }}

),

site_links as (

    select distinct
        left_site_key as left_lead_key,
        right_site_key as right_lead_key
    from organization_links

),

{{ connected_components('site_links') }},

final as (

    select
        sites.lead_key,
        sites.site_key,
        coalesce(components.component_key, sites.site_key) as organization_key
    from sites
    left join components on sites.site_key = components.lead_key

)

select * from final
