{#
    Views and tables on DuckDB, which takes a drop back with the transaction: the old one goes and the new one comes under its name.
    dbt's own materializations make the new one under another name and rename both, half again as many statements for each model.
#}
{% materialization view, adapter='duckdb' -%}
    {%- set view = this.incorporate(type='view') -%}
    {{ return(build_in_place(view, get_create_view_as_sql(view, sql))) }}
{%- endmaterialization %}

{% materialization table, adapter='duckdb' -%}
    {%- set table = this.incorporate(type='table') -%}
    {{ return(build_in_place(table, create_table_as(False, table, sql))) }}
{%- endmaterialization %}


{% macro build_in_place(relation, statement_to_create) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- do adapter.ensure_transaction() -%}
    {{ drop_relation_if_exists(load_cached_relation(this)) }}
    {% call statement('main') -%}
        {{ statement_to_create }}
    {%- endcall %}
    {%- do persist_docs(relation, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [relation]}) }}
{%- endmacro %}
