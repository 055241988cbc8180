{{ config(severity='warn') }}

{%- set unknown %}
select lead_status
from {{ ref('dim_lead_status') }}
where
    not is_known
    and lead_status_key <> {{ unknown_key() }}
{%- endset %}

{%- do warn_by_name(unknown, 'the seed lead_status_groups does not know (status)') %}

{{ unknown }}
