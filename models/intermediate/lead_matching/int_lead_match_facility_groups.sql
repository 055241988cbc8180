with

facility_links as (

    select * from {{ ref('int_lead_match_facility_links') }}

),

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

{{ connected_components('facility_links') }},

final as (

    select
        leads.lead_key,
        coalesce(components.component_key, leads.lead_key) as facility_group_key,
        coalesce(leads.is_listed, false) as is_listed
    from leads
    left join components on leads.lead_key = components.lead_key
    where leads.source_system <> 'salesforce'

)

select * from final
