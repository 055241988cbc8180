{% macro latest_period(source_name, table_name) -%}
    (
        select max({{ ordered_text('period') }})
        from {{ source('operations', 'files') }}
        where
            source_name = {{ quoted(source_name) }}
            and table_name = {{ quoted(table_name) }}
            and status = 'landed'
    )
{%- endmacro %}
