{{ config(indexes=postgres_indexes([{'columns': ['month', 'funnel_step']}])) }}

with

months as (

    select * from {{ ref('int_funnel_months') }}

),

steps as (

    select * from {{ ref('int_funnel_steps') }}

),

entries as (

    select
        {{ month_start('entered_at') }} as month,
        funnel_step,
        count(*) as deals_count
    from {{ ref('int_deal_funnel_entries') }}
    group by 1, 2

),

calls as (

    select * from {{ ref('int_funnel_monthly_calls') }}

),

counted as (

    select
        months.month,
        steps.kpi_name,
        steps.funnel_step,
        steps.step_order,
        coalesce(entries.deals_count, 0) as deals_count,
        -- a stage keeps deals of the stage before it; a call is held with deals of its own stage
        case
            when steps.parent_step is null then coalesce(entries.deals_count, 0)
            else coalesce(calls.parent_deals_with_call_count, 0)
        end as retained_count,
        coalesce(steps.parent_step, steps.previous_step) as base_step
    from months
    cross join steps
    left join entries on months.month = entries.month and steps.funnel_step = entries.funnel_step
    left join calls on months.month = calls.month and steps.funnel_step = calls.funnel_step

),

final as (

    select
        counted.month,
        counted.kpi_name,
        counted.funnel_step,
        counted.deals_count,
        100 * {{ safe_divide('counted.retained_count', 'bases.deals_count') }} as retention_pct
    from counted
    left join entries as bases on counted.month = bases.month and counted.base_step = bases.funnel_step

)

select * from final
