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
    source_system,
    license_number
from landed
full outer join leads using (source_system, license_number)
where landed.source_system is null or leads.source_system is null
