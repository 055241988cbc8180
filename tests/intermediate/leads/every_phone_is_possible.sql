{{ config(severity='warn') }}

select
    'salesforce' as source_system,
    lead_id as source_lead_id,
    'phone' as column_name
from {{ ref('stg_salesforce__leads') }}
where has_invalid_phone

union all

select
    'salesforce' as source_system,
    lead_id as source_lead_id,
    'mobile_phone' as column_name
from {{ ref('stg_salesforce__leads') }}
where has_invalid_mobile_phone

union all

select
    source_system,
    license_number as source_lead_id,
    'phone' as column_name
from {{ ref('int_facilities_standardized') }}
where has_invalid_phone
