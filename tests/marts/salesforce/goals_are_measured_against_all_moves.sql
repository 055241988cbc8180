with

kpis as (

    select * from {{ ref('lead_status_kpis') }}

),

kpi_goals as (

    select * from {{ ref('kpi_goals') }}

),

moves as (

    select
        {{ fold('from_status') }} as from_status,
        {{ fold('to_status') }} as to_status
    from {{ ref('int_lead_status_transitions') }}

),

counted as (

    select
        kpi_goals.kpi,
        count(moves.from_status) as left_count,
        count(case when moves.to_status = {{ fold('kpi_goals.to_status') }} then 1 end) as reached_count
    from kpi_goals
    left join moves on {{ fold('kpi_goals.from_status') }} = moves.from_status
    group by kpi_goals.kpi

)

select
    counted.kpi,
    counted.left_count,
    counted.reached_count,
    kpis.n,
    kpis.value
from counted
left join kpis on counted.kpi = kpis.kpi
where
    kpis.n is distinct from counted.left_count
    or abs(coalesce(kpis.value, 0) * kpis.n - counted.reached_count) > 1e-6
