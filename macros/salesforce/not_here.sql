{# Whether an incremental model holds nothing of the entity of these rows, be it new or forgotten; true in a full run. #}
{% macro not_here(rows, entity) -%}
    {%- if is_incremental() -%}
    not exists (select 1 from {{ this }} as known where known.{{ entity }} = {{ rows }}.{{ entity }})
    {%- else -%}
    true
    {%- endif -%}
{%- endmacro %}
