{{ config(severity='warn') }}

select
    source_system,
    license_type,
    count(*) as license_count
from {{ ref('int_facilities_standardized') }}
where
    license_type is not null
    and facility_type is null
group by source_system, license_type
