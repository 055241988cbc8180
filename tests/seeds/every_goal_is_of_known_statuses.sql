{{ config(severity='warn') }}

{%- set unknown %}
select
    kpi,
    goal_status
from (
    select
        kpi,
        from_status as goal_status
    from {{ ref('kpi_goals') }}
    union all
    select
        kpi,
        to_status as goal_status
    from {{ ref('kpi_goals') }}
) as goal_statuses
where {{ fold('goal_status') }} not in (select {{ fold('status') }} from {{ ref('lead_status_groups') }})
{%- endset %}

{%- do warn_by_name(unknown, 'kpi_goals: the seed lead_status_groups does not know (goal, status)') %}

{{ unknown }}
