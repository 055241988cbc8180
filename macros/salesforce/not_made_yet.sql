{# Whether what a row is made from is not in this incremental model yet; true in a full run. #}
{% macro not_made_yet(relation, seeds=[], views=[]) -%}
    {%- if is_incremental() -%}
    delivery_id in (
        select origin.delivery_id
        from (select distinct delivery_id from {{ ref(relation) }}) as origin
        where {{ made_from('origin.delivery_id', seeds, views) }} not in (select distinct known.delivery_id from {{ this }} as known)
    )
    {%- else -%}
    true
    {%- endif -%}
{%- endmacro %}
