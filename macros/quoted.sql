{% macro quoted(text) -%}
    '{{ dbt.escape_single_quotes(text | string) }}'
{%- endmacro %}
