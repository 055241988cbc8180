{% macro landed_at(source_name, table_name) -%}
    select coalesce(max(landed.landed_at), timestamp '{{ run_started_at.strftime('%Y-%m-%d %H:%M:%S') }}') as landed_at
    from (
        select recorded_at as landed_at
        from {{ source('operations', 'files') }}
        where
            source_name = {{ quoted(source_name) }}
            and table_name = {{ quoted(table_name) }}
            and status = 'landed'
        union all
        select finished_at as landed_at
        from {{ source('operations', 'runs') }}
        where
            source_name = {{ quoted(source_name) }}
            and table_name = {{ quoted(table_name) }}
            and outcome in ('landed', 'unchanged')
            and method <> 'files'
    ) as landed
{%- endmacro %}
