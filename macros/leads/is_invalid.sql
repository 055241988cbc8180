{% macro is_invalid(column, normalized) %}
({{ clean_text(column) }} is not null and {{ normalized }} is null)
{%- endmacro %}
