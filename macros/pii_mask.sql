{% macro pii_mask(column) -%}
    (substring(nullif({{ column }}, ''), 1, 1) || '*******')
{%- endmacro %}
