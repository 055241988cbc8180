{# The rows, or groups, for which an expression is false; where it is null, nothing is known against them. #}
{% macro rows_where_false(model, expression, row_condition=none, group_by=none) %}

with checked as (
    select
        {%- for column in group_by or [] %}
        {{ column }} as group_{{ loop.index }},
        {%- endfor %}
        ({{ expression }}) as is_met
    from {{ model }}
    {%- if row_condition %}
    where {{ row_condition }}
    {%- endif %}
    {%- if group_by %}
    group by {{ group_by | join(', ') }}
    {%- endif %}
)

select *
from checked
where not is_met

{% endmacro %}
