{% macro state_spelling(column) %}
{#- `N.Y.` and `NY` are one spelling. -#}
replace({{ fold_ascii(column) }}, '.', '')
{%- endmacro %}
