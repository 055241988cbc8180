{{ config(severity='warn') }}

with

match_overrides as (

    select * from {{ ref('match_overrides') }}

),

leads as (

    select * from {{ ref('int_leads_unioned') }}
    where not is_deleted

)

select
    match_overrides.left_source_system,
    match_overrides.left_source_lead_id,
    match_overrides.right_source_system,
    match_overrides.right_source_lead_id
from match_overrides
left join leads as left_lead
    on
        {{ fold('match_overrides.left_source_system') }} = left_lead.source_system
        and match_overrides.left_source_lead_id = left_lead.source_lead_id
left join leads as right_lead
    on
        {{ fold('match_overrides.right_source_system') }} = right_lead.source_system
        and match_overrides.right_source_lead_id = right_lead.source_lead_id
where
    left_lead.lead_key is null
    or right_lead.lead_key is null
    or left_lead.lead_key = right_lead.lead_key
