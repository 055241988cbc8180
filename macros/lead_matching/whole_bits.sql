{% macro whole_bits(count) -%}
    cast(round(ln({{ count }}) / ln(2)) as integer)
{%- endmacro %}
