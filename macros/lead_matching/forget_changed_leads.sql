{# Before new candidates are added: pairs of leads that have changed since the newest of them, or are gone. #}
{% macro forget_changed_leads() -%}
    {%- set states = ref('lead_match_states') -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where
        {%- for side in ['left_lead_key', 'right_lead_key'] %}
        {{ 'or ' if not loop.first -}}
        {{ side }} in (select lead_key from {{ states }} where batch > (select coalesce(max(batch), 0) from {{ this }}))
        or {{ side }} not in (select lead_key from {{ states }})
        {%- endfor %}
    {%- endif -%}
{%- endmacro %}
