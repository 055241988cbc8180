{# The engines' own division of integers is whole on one and not on the other. #}
{% macro whole_part(dividend, divisor) -%}
    cast(floor(cast({{ dividend }} as double precision) / {{ divisor }}) as integer)
{%- endmacro %}
