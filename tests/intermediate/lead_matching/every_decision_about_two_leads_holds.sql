-- Decisions that contradict one another cannot all hold; a claim of their own names them.
with

decisions as (

    select * from {{ ref('int_lead_match_decisions') }}

),

sites as (

    select * from {{ ref('int_lead_sites') }}

),

same_decisions as (

    select * from decisions
    where is_same

),

{{ connected_components('same_decisions') }},

contradicted as (

    select distinct left_unit.component_key
    from decisions
    inner join components as left_unit on decisions.left_lead_key = left_unit.lead_key
    inner join components as right_unit on decisions.right_lead_key = right_unit.lead_key
    where not decisions.is_same and left_unit.component_key = right_unit.component_key

)

select
    decisions.left_lead_key,
    decisions.right_lead_key,
    decisions.is_same
from decisions
left join sites as left_site on decisions.left_lead_key = left_site.lead_key
left join sites as right_site on decisions.right_lead_key = right_site.lead_key
left join components on decisions.left_lead_key = components.lead_key
left join contradicted on components.component_key = contradicted.component_key
where
    contradicted.component_key is null
    and decisions.is_same is distinct from (left_site.site_key = right_site.site_key)
