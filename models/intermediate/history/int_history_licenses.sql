{{ config(materialized='view') }}

with

facilities as (

    select * from {{ ref('int_facilities_standardized') }}

),

-- What was changed in it is new on the first day of the month that the state's file is of.
final as (

    select
        -- ids
        source_system,
        license_number,
        renewed_as_license_number,

        -- strings
        business_name,
        legal_name,
        dba_name,
        street,
        city,
        county,
        state_code,
        postal_code,
        license_type,
        facility_type,
        license_status,

        -- numerics
        capacity,
        star_level,

        -- booleans
        serves_infants,
        serves_toddlers,
        serves_preschool,
        serves_school_age,
        accepts_subsidy,
        is_provisional,
        has_disciplinary_action,
        is_license_active,
        is_listed,

        -- timestamps
        cast(max(last_listed_period) over (partition by source_system) || '-01' as {{ dbt.type_timestamp() }}) as version_at,
        issue_date,
        expiry_date
    from facilities

)

select * from final
