with

funnel_steps as (

    select * from {{ ref('funnel_steps') }}
    where funnel_step is not null

),

steps as (

    select
        funnel_step,
        min(kpi_name) as kpi_name,
        min(step_order) as step_order,
        min(parent_step) as parent_step,
        max(case when kind = 'stage' and parent_step is null then 1 else 0 end) = 1 as is_main_stage
    from funnel_steps
    group by funnel_step

),

positioned as (

    select
        *,
        row_number() over (partition by is_main_stage order by step_order) as place_among_its_kind,
        lag(funnel_step) over (partition by is_main_stage order by step_order) as step_before
    from steps

),

final as (

    select
        funnel_step,
        kpi_name,
        step_order,
        parent_step,
        case when is_main_stage then step_before end as previous_step,
        case when is_main_stage then place_among_its_kind end as stage_position
    from positioned

)

select * from final
