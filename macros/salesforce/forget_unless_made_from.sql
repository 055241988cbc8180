{# Before an increment: where a delivery in this model is no longer one of those it is made from, all is made again. #}
{% macro forget_unless_made_from(relation, seeds=[], views=[]) -%}
    {%- if is_incremental() -%}
    {%- do require_columns(['delivery_id']) -%}
    delete from {{ this }}
    where exists (
        select 1
        from (select distinct delivery_id from {{ this }}) as known
        where known.delivery_id not in (
            select {{ made_from('origin.delivery_id', seeds, views) }}
            from (select distinct delivery_id from {{ ref(relation) }}) as origin
        )
    )
    {%- endif -%}
{%- endmacro %}
