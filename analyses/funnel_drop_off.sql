-- Where do deals leave the funnel? Of all deals that ever entered a stage, how many ever entered the next one?
with

entries as (

    select * from {{ ref('int_deal_funnel_entries') }}

),

steps as (

    select * from {{ ref('int_funnel_steps') }}
    where stage_position is not null

),

final as (

    select
        steps.stage_position,
        steps.kpi_name as stage,
        next_steps.kpi_name as next_stage,
        count(*) as deals,
        count(next_entries.deal_id) as deals_in_next_stage,
        count(*) - count(next_entries.deal_id) as deals_not_in_next_stage,
        {{ safe_divide('count(*) - count(next_entries.deal_id)', 'count(*)') }} as drop_off
    from entries
    inner join steps on entries.funnel_step = steps.funnel_step
    inner join steps as next_steps on steps.funnel_step = next_steps.previous_step
    left join entries as next_entries
        on next_steps.funnel_step = next_entries.funnel_step and entries.deal_id = next_entries.deal_id
    group by steps.stage_position, steps.kpi_name, next_steps.kpi_name

)

select * from final
order by stage_position
