{# The ids in a raw table of which a delivery is not in this model yet. #}
{% macro changed_ids(source_name, table_name, seeds=[]) -%}
    select id
    from {{ source('raw_' ~ source_name, table_name) }}
    where coalesce(_run_id, _file_id, '') in (
        select deliveries.load_id
        from {{ deliveries(source_name, table_name, seeds) }}
        where deliveries.delivery_id not in (select distinct known.delivery_id from {{ this }} as known)
    )
{%- endmacro %}
