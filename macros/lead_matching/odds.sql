{% macro odds(millibits) -%}
    cast(round(1000 * power(cast(2 as double precision), least({{ millibits }}, 30000) / cast(1000 as double precision))) as bigint)
{%- endmacro %}
