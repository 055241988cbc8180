{# All deliveries of a raw table: of millions of rows a few, so that only they are compared with what is known. #}
{% macro deliveries(source_name, table_name, seeds=[]) -%}
    (
        select
            load_id,
            {{ delivery_id(source_name, table_name, seeds, load='load_id') }} as delivery_id
        from (select distinct coalesce(_run_id, _file_id, '') as load_id from {{ source('raw_' ~ source_name, table_name) }}) as loads
    ) as deliveries
{%- endmacro %}
