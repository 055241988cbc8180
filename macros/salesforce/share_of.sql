{# How much of its full measure a number reaches, 0 to 1; nothing and less than nothing are none. #}
{% macro share_of(expression, full) -%}
    least(greatest(coalesce(cast({{ expression }} as double precision), 0), 0) / nullif({{ full }}, 0), 1)
{%- endmacro %}
