with

transitions as (

    select * from {{ ref('int_deal_stage_transitions') }}

),

activities as (

    select * from {{ ref('int_deal_activities') }}
    {% if not var('funnel_include_planned_activities') -%}
    where is_completed
    {%- endif %}

),

status_changes as (

    select * from {{ ref('int_deal_status_changes') }}

),

funnel_steps as (

    select * from {{ ref('funnel_steps') }}
    where kind = 'status'

),

candidates as (

    select deal_id, funnel_step, entered_at from transitions
    union all
    select deal_id, funnel_step, due_at as entered_at from activities
    union all
    select status_changes.deal_id, funnel_steps.funnel_step, status_changes.changed_at as entered_at
    from status_changes
    inner join funnel_steps on status_changes.status = {{ fold('funnel_steps.source_value') }}

),

final as (

    select
        deal_id,
        funnel_step,
        min(entered_at) as entered_at
    from candidates
    where funnel_step <> 'unmapped' and deal_id is not null and entered_at is not null
    group by deal_id, funnel_step

)

select * from final
