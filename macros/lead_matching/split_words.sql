{% macro split_words(column) -%}
    unnest(string_to_array({{ column }}, ' '))
{%- endmacro %}
