{#
    Views and tables on DuckDB, which takes a drop back with the transaction: the old one goes and the new one comes under its name.
    dbt's own materializations make the new one under another name and rename both, half again as many statements for each model.
    Indexes, grants, partitions and foreign keys, none of which models have here on DuckDB, are left out.
#}
{% materialization view, adapter='duckdb' -%}
    {%- set view = this.incorporate(type='view') -%}
    {{ make_room() }}
    {% call statement('main') -%}
        {{ get_create_view_as_sql(view, sql) }}
    {%- endcall %}
    {{ return(settle_in(view)) }}
{%- endmaterialization %}

{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] -%}
    {%- set table = this.incorporate(type='table') -%}
    {{ make_room() }}
    {% call statement('main', language=model['language']) -%}
        {{ create_table_as(False, table, compiled_code, model['language']) }}
    {%- endcall %}
    {{ return(settle_in(table)) }}
{%- endmaterialization %}


{% macro make_room() -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- do adapter.ensure_transaction() -%}
    {{ drop_relation_if_exists(load_cached_relation(this)) }}
{%- endmacro %}

{% macro settle_in(relation) -%}
    {%- do persist_docs(relation, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [relation]}) }}
{%- endmacro %}
