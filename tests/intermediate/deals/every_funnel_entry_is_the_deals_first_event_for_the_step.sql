-- for the stages, which are most of the entries
with

first_events as (

    select
        deal_id,
        funnel_step,
        min(entered_at) as entered_at
    from {{ ref('int_deal_stage_transitions') }}
    where funnel_step <> 'unmapped'
    group by deal_id, funnel_step

)

select first_events.*
from first_events
left join {{ ref('int_deal_funnel_entries') }} as entries
    on first_events.deal_id = entries.deal_id and first_events.funnel_step = entries.funnel_step
where entries.deal_id is null or entries.entered_at > first_events.entered_at
