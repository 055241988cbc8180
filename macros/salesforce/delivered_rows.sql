{# A raw table's rows that have an id, each with its delivery; in an increment all of a record of which a delivery is not in this model yet. #}
{% macro delivered_rows(source_name, table_name, seeds=[]) -%}
    {%- set all_deliveries = deliveries(source_name, table_name, seeds) -%}
    (
        select
            raw_rows.*,
            deliveries.delivery_id
        from (select * from {{ source('raw_' ~ source_name, table_name) }}) as raw_rows
        inner join {{ all_deliveries }} on {{ load_id() }} = deliveries.load_id
        where
            {%- if is_incremental() %}
            {{ clean_id('id') }} in (
                select {{ clean_id('id') }}
                from {{ source('raw_' ~ source_name, table_name) }}
                where {{ load_id() }} in (
                    select deliveries.load_id
                    from {{ all_deliveries }}
                    where deliveries.delivery_id not in (select distinct known.delivery_id from {{ this }} as known)
                )
            )
            {%- else %}
            {{ clean_text('id') }} is not null
            {%- endif %}
    ) as delivered_rows
{%- endmacro %}
