{{ config(severity='warn') }}

select lead_status
from {{ ref('dim_lead_status') }}
where
    not is_known
    and lead_status_key <> {{ unknown_key() }}
