{{ config(severity='warn') }}

select
    source_system,
    license_number,
    period,
    count(*) as row_count
from {{ ref('int_facilities_listings') }}
where license_number is not null
group by source_system, license_number, period
having count(*) > 1
