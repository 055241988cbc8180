{% macro month_start(expression) -%}
    cast(date_trunc('month', cast({{ expression }} as timestamp)) as date)
{%- endmacro %}
