{% macro place_name(column) %}
nullif({{ fold_ascii(column) }}, '')
{%- endmacro %}
