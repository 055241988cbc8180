with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

facility_groups as (

    select * from {{ ref('int_lead_match_facility_groups') }}

),

choices as (

    select * from {{ ref('int_lead_match_choices') }}

),

loose_groups as (

    select * from {{ ref('int_lead_match_loose_groups') }}

),

final as (

    select
        leads.lead_key,
        coalesce(
            facility_groups.facility_group_key,
            choices.facility_group_key,
            loose_groups.facility_group_key,
            loose_groups.loose_group_key,
            leads.lead_key
        ) as group_key
    from leads
    left join facility_groups on leads.lead_key = facility_groups.lead_key
    left join choices on leads.lead_key = choices.lead_key
    left join loose_groups on leads.lead_key = loose_groups.lead_key

)

select * from final
