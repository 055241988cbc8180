{% macro try_count(column) %}
case when {{ try_integer(column) }} >= 0 then {{ try_integer(column) }} end
{%- endmacro %}
