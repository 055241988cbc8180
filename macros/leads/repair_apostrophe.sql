{% macro repair_apostrophe(column) %}
{#- The state's export writes its all-capital texts with `í` where an apostrophe was. -#}
{{ regex_replace(column, "([A-Z])í([A-Z]|[[:space:]]|$)", "\\1'\\2") }}
{%- endmacro %}
