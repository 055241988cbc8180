{{ config(severity='warn') }}

select lead_source_name
from {{ ref('dim_lead_source') }}
where
    not is_known
    and lead_source_key <> {{ unknown_key() }}
