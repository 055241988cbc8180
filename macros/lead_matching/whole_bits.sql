{% macro whole_bits(count) -%}
    cast(round(ln(greatest({{ count }}, 1)) / ln(2)) as integer)
{%- endmacro %}
