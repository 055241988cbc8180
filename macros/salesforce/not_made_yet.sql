{#
    Whether what a row is made from is not in this incremental model yet, or with `entity`, something that the same entity is made
    from; always in a full run.
#}
{% macro not_made_yet(relation, seeds=[], views=[], entity=none) -%}
    {%- set is_new -%}
    delivery_id in (
        select origin.delivery_id
        from (select distinct delivery_id from {{ ref(relation) }}) as origin
        where {{ made_from('origin.delivery_id', seeds, views) }} not in (select distinct known.delivery_id from {{ this }} as known)
    )
    {%- endset -%}
    {%- if not is_incremental() -%}
    true
    {%- elif entity -%}
    {{ entity }} in (select {{ entity }} from {{ ref(relation) }} where {{ is_new }})
    {%- else -%}
    {{ is_new }}
    {%- endif -%}
{%- endmacro %}
