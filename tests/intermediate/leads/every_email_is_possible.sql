{{ config(severity='warn') }}

select
    'salesforce' as source_system,
    lead_id as source_lead_id
from {{ ref('stg_salesforce__leads') }}
where has_invalid_email

union all

select
    source_system,
    license_number as source_lead_id
from {{ ref('int_facilities_standardized') }}
where has_invalid_email
