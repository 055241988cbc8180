{% macro bits(millibits) -%}
    cast(cast({{ millibits }} as numeric(12, 3)) / 1000 as numeric(9, 3))
{%- endmacro %}
