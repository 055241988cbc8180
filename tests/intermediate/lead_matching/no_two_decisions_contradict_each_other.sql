{{ config(severity='warn') }}

with

decisions as (

    select * from {{ ref('int_lead_match_decisions') }}

),

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

decided_groups as (

    select * from {{ ref('int_lead_match_decided_groups') }}

)

select
    left_lead.source_system as left_source_system,
    left_lead.source_lead_id as left_source_lead_id,
    right_lead.source_system as right_source_system,
    right_lead.source_lead_id as right_source_lead_id
from decisions
inner join decided_groups as left_unit on decisions.left_lead_key = left_unit.lead_key
inner join decided_groups as right_unit
    on
        decisions.right_lead_key = right_unit.lead_key
        and left_unit.decided_group_key = right_unit.decided_group_key
inner join leads as left_lead on decisions.left_lead_key = left_lead.lead_key
inner join leads as right_lead on decisions.right_lead_key = right_lead.lead_key
where not decisions.is_same and decisions.is_as_given
