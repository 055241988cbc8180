with

landed as (

    select distinct
        source_system,
        license_number
    from {{ ref('int_facilities_listings') }}
    where license_number is not null

),

dim_facility as (

    select * from {{ ref('dim_facility') }}

)

select
    landed.license_number as landed_license_number,
    dim_facility.license_number
from landed
full outer join dim_facility
    on
        landed.source_system = dim_facility.source_system
        and landed.license_number = dim_facility.license_number
where landed.license_number is null or dim_facility.license_number is null
