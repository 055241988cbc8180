with

landed as (

    select distinct
        source_system,
        license_number
    from {{ ref('int_facilities_listings') }}
    where license_number is not null

),

leads as (

    select
        source_system,
        license_number
    from {{ ref('int_leads_unioned') }}
    where source_system <> 'salesforce'

)

select
    landed.license_number as landed_license_number,
    leads.license_number
from landed
full outer join leads
    on
        landed.source_system = leads.source_system
        and landed.license_number = leads.license_number
where landed.license_number is null or leads.license_number is null
