{# Before an increment: where a delivery in this model is no longer one of those it is made from, all is made again. #}
{% macro forget_unless_made_from(relations, seeds=[]) -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where exists (
        select 1
        from (select distinct delivery_id from {{ this }}) as known
        where known.delivery_id not in (
            {%- for relation in relations %}
            {{ 'union all ' if not loop.first }}select {{ made_from('delivery_id', seeds) }} from {{ ref(relation) }}
            {%- endfor %}
        )
    )
    {%- endif -%}
{%- endmacro %}
