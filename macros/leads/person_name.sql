{% macro person_name(first_name, last_name) %}
nullif(concat_ws(' ', {{ clean_text(first_name) }}, {{ clean_text(last_name) }}), '')
{%- endmacro %}
