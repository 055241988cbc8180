{% test not_null_proportion(model, column_name, at_least, at_most=1, group_by_columns=[]) %}

{%- set columns = group_by_columns | join(', ') -%}

with

proportions as (
    select
        {{ columns ~ ',' if columns }}
        1.0 * count({{ column_name }}) / nullif(count(*), 0) as not_null_proportion
    from {{ model }}
    {{ 'group by ' ~ columns if columns }}
)

select *
from proportions
where not_null_proportion < {{ at_least }} or not_null_proportion > {{ at_most }}

{% endtest %}
