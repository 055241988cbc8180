{{ config(severity='warn') }}

select lead_id
from {{ ref('int_leads_standardized') }}
where
    postal_code is not null
    and standard_postal_code is null
