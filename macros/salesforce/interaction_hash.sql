{# A number for all that is read of an interaction where such numbers are kept: what one of those models reads more belongs here, too. #}
{% macro interaction_hash() -%}
    {{ row_hash(['interaction_id', 'customer_key', 'channel', 'outcome', 'direction', 'interacted_at']) }}
{%- endmacro %}
