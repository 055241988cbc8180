{% macro clean_text(column) -%}
    {%- set blanks = '[' ~ white_space() ~ ']+' -%}
    nullif({{ regex_replace(column, '^' ~ blanks ~ '|' ~ blanks ~ '$', '') }}, '')
{%- endmacro %}
