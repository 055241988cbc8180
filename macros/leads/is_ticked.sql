{% macro is_ticked(column) %}
{#- A ticked box is exported as its own label, an empty one as nothing; a file without the column says neither. -#}
case when {{ column }} is not null then {{ clean_text(column) }} is not null end
{%- endmacro %}
