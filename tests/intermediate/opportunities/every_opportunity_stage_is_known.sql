{{ config(severity='warn') }}

{%- set unknown %}
select
    stage_name,
    count(*) as opportunity_count
from {{ ref('int_opportunities') }}
where
    stage_order is null
    and stage_name is not null
group by stage_name
{%- endset %}

{%- do warn_by_name(unknown, 'the seed opportunity_stage_groups does not know (stage, opportunities)') %}

{{ unknown }}
