{% macro json_text(expression, key) -%}
    ({{ expression }} ->> '{{ key }}')
{%- endmacro %}
