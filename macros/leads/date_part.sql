{% macro date_part(part, date) %}
cast(extract({{ part }} from {{ date }}) as integer)
{%- endmacro %}
