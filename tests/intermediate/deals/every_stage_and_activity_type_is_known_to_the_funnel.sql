{{ config(severity='warn') }}

{%- set unknown %}
with

stages as (

    select * from {{ ref('int_deal_stages') }}

),

events as (

    select
        'stage' as kind,
        coalesce(stages.stage_name, 'number ' || cast(transitions.stage_id as {{ dbt.type_string() }})) as source_value
    from {{ ref('int_deal_stage_transitions') }} as transitions
    left join stages on transitions.stage_id = stages.stage_id
    where transitions.funnel_step = 'unmapped'
    union all
    select
        'activity' as kind,
        activity_type as source_value
    from {{ ref('int_deal_activities') }}
    where funnel_step = 'unmapped'

)

select
    kind,
    coalesce(source_value, 'empty') as source_value,
    count(*) as events
from events
group by 1, 2
{%- endset %}

{%- do warn_by_name(unknown, 'the seed funnel_steps does not know (kind, value, events)') %}

{{ unknown }}
