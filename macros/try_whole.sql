{# Unlike `try_integer` it reads what a spreadsheet or a number field writes for a count: `12.0`. Fractions are rounded. #}
{% macro try_whole(column) -%}
    cast({{ try_decimal(column, 18, 0) }} as bigint)
{%- endmacro %}
