{# After new pairs are added: those that are no longer candidates. #}
{% macro forget_former_candidates() -%}
    {%- set candidates = ref('int_lead_match_candidates') -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where not exists (
        select 1 from {{ candidates }} as candidates
        where
            candidates.left_lead_key = {{ this }}.left_lead_key
            and candidates.right_lead_key = {{ this }}.right_lead_key
    )
    {%- endif -%}
{%- endmacro %}
