{# The ids in a raw table of which a delivery is not in this model yet. #}
{% macro changed_ids(source_name, table_name, seeds=[]) -%}
    select id
    from {{ source('raw_' ~ source_name, table_name) }}
    where {{ delivery_id(source_name, table_name, seeds) }} not in (select delivery_id from {{ this }})
{%- endmacro %}
