{{ config(severity='warn') }}

select
    'salesforce' as source_system,
    _period as period,
    _row_number as file_row
from {{ source('raw_salesforce', 'lead') }}
where {{ clean_text('id') }} is null

union all

select
    source_system,
    period,
    file_row
from {{ ref('int_facilities_listings') }}
where license_number is null
