-- Decisions that contradict one another cannot all hold; a claim of their own names them.
with

decisions as (

    select * from {{ ref('int_lead_match_decisions') }}

),

sites as (

    select * from {{ ref('int_lead_sites') }}

),

decided_groups as (

    select * from {{ ref('int_lead_match_decided_groups') }}

),

contradicted as (

    select distinct left_unit.decided_group_key
    from decisions
    inner join decided_groups as left_unit on decisions.left_lead_key = left_unit.lead_key
    inner join decided_groups as right_unit on decisions.right_lead_key = right_unit.lead_key
    where not decisions.is_same and left_unit.decided_group_key = right_unit.decided_group_key

)

select
    decisions.left_lead_key,
    decisions.right_lead_key,
    decisions.is_same
from decisions
left join sites as left_site on decisions.left_lead_key = left_site.lead_key
left join sites as right_site on decisions.right_lead_key = right_site.lead_key
left join decided_groups on decisions.left_lead_key = decided_groups.lead_key
left join contradicted on decided_groups.decided_group_key = contradicted.decided_group_key
where
    contradicted.decided_group_key is null
    and decisions.is_same is distinct from (left_site.site_key = right_site.site_key)
