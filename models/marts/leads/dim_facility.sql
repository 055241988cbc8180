{{ config(indexes=postgres_indexes([
    {'columns': ['facility_key']},
    {'columns': ['geography_key']},
])) }}

with

facilities as (

    select * from {{ ref('int_facilities_standardized') }}

),

final as (

    select
        -- ids
        {{ dbt_utils.generate_surrogate_key(['source_system', 'license_number']) }} as facility_key,
        {{ geography_key('country_code', 'state_code', 'county', 'city', 'postal_code') }} as geography_key,
        source_system,
        license_number,
        renewed_as_license_number,

        -- strings
        business_name,
        legal_name,
        dba_name,
        street,
        license_type,
        facility_type,
        license_status,
        first_listed_period,
        last_listed_period,

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
        {{ is_license_current('is_license_active', 'expiry_date') }} as is_license_current,
        is_listed,

        -- dates
        issue_date,
        expiry_date
    from facilities

)

select * from final
