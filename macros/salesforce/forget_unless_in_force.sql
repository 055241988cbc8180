{# Before an increment: where a delivery is no longer one, a file replaced or a seed changed, all is made again. #}
{% macro forget_unless_in_force(source_name, table_name, seeds=[]) -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where exists (
        select 1
        from (select distinct delivery_id from {{ this }}) as known
        where known.delivery_id not in (select deliveries.delivery_id from {{ deliveries(source_name, table_name, seeds) }})
    )
    {%- endif -%}
{%- endmacro %}
