{% macro thousandths(column) -%}
    cast(round(cast(1000 * {{ column }} as numeric(18, 3))) as integer)
{%- endmacro %}
