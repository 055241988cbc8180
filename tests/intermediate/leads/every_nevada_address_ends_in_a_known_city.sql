{{ config(severity='warn') }}

select
    period,
    file_row,
    street_and_city
from {{ ref('int_facilities_nevada_addresses') }}
where has_unparsed_address
