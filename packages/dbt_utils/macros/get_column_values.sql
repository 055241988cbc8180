{% macro get_column_values(table, column, order_by='count(*) desc', max_records=none, default=none, where=none) -%}
    {%- if not execute -%}
        {{ return(default or []) }}
    {%- endif -%}
    {%- if load_relation(dbt_utils.readable_relation(table, 'get_column_values')) is none -%}
        {%- if default is none -%}
            {%- do exceptions.raise_compiler_error('get_column_values: ' ~ table ~ ' does not exist, and no default was given') -%}
        {%- endif -%}
        {{ return(default) }}
    {%- endif -%}
    {%- set rows = run_query(
        'select ' ~ column ~ ' as value from ' ~ table
        ~ (' where ' ~ where if where is not none else '')
        ~ ' group by ' ~ column ~ ' order by ' ~ order_by
        ~ (' limit ' ~ max_records if max_records is not none else '')
    ) -%}
    {{ return(rows.columns[0].values() | list if rows | length else default) }}
{%- endmacro %}
