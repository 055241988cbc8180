{{ config(severity='warn') }}

{%- set unknown %}
select lead_source_name
from {{ ref('dim_lead_source') }}
where
    not is_known
    and lead_source_key <> {{ unknown_key() }}
{%- endset %}

{%- do warn_by_name(unknown, 'the seed lead_sources does not know (source)') %}

{{ unknown }}
