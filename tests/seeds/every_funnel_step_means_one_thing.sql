-- rows that lead to one step agree on it, and a sub-step hangs on a stage that is no sub-step itself
with

funnel_steps as (

    select * from {{ ref('funnel_steps') }}
    where funnel_step is not null

),

ambiguous as (

    select funnel_step
    from funnel_steps
    group by funnel_step
    having
        min(kpi_name) <> max(kpi_name)
        or min(step_order) <> max(step_order)
        or min(coalesce(parent_step, '')) <> max(coalesce(parent_step, ''))

),

astray as (

    select sub_steps.funnel_step
    from funnel_steps as sub_steps
    left join funnel_steps as parents
        on sub_steps.parent_step = parents.funnel_step and parents.kind = 'stage' and parents.parent_step is null
    where sub_steps.parent_step is not null and parents.funnel_step is null

)

select * from ambiguous
union all
select * from astray
