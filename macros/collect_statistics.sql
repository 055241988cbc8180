{# Postgres plans joins with tables that it knows nothing of as if they were empty, which took minutes. #}
{% macro collect_statistics() -%}
    {%- if target.type == 'postgres' and model.config.materialized in ('table', 'incremental', 'snapshot') -%}
        analyze {{ this }}
    {%- endif -%}
{%- endmacro %}
