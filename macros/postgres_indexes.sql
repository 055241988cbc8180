{# dbt-duckdb would build an index of its own kind for each, which costs time and memory and serves no scan. #}
{% macro postgres_indexes(indexes) -%}
    {{ return(indexes if target.type == 'postgres' else []) }}
{%- endmacro %}
