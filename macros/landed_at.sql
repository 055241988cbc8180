{% macro landed_at(source_name, table_name) -%}
    select coalesce(max(recorded_at), timestamp '{{ run_started_at.strftime('%Y-%m-%d %H:%M:%S') }}') as landed_at
    from {{ source('operations', 'files') }}
    where
        source_name = {{ quoted(source_name) }}
        and table_name = {{ quoted(table_name) }}
        and status = 'landed'
{%- endmacro %}
