{% macro ordered_text(expression) -%}
    {{ adapter.dispatch('ordered_text')(expression) }}
{%- endmacro %}

{% macro default__ordered_text(expression) -%}
    {{ expression }}
{%- endmacro %}

{% macro postgres__ordered_text(expression) -%}
    ({{ expression }}) collate "C"
{%- endmacro %}
