{% macro in_latest_period(source_name, table_name) -%}
    _period is not distinct from {{ latest_period(source_name, table_name) }}
{%- endmacro %}
