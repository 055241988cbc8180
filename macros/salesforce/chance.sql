{# Sums differ in the last digits from engine to engine, and a chance of 1e-17 is none. #}
{% macro chance(expression) -%}
    cast({{ round_half_away(expression, 9) }} as double precision)
{%- endmacro %}
