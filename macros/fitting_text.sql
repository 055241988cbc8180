{% macro fitting_text(column, grammar) -%}
    {%- set blanks = '[' ~ white_space() ~ ']*' -%}
    {{ regex_extract(column, '^' ~ blanks ~ '(' ~ grammar ~ ')' ~ blanks ~ '$') }}
{%- endmacro %}
