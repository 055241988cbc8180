{{ config(materialized='view') }}

with

versions as (

    select * from {{ history_versions(ref('snap_licenses'), ['source_system', 'license_number']) }}

),

final as (

    select
        -- ids
        {{ dbt_utils.generate_surrogate_key(['source_system', 'license_number', 'valid_from']) }} as license_version_key,
        {{ dbt_utils.generate_surrogate_key(['source_system', 'license_number']) }} as facility_key,
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
        dbt_is_deleted = 'True' as has_vanished,
        valid_to is null as is_current,

        -- timestamps
        valid_from,
        valid_to,
        dbt_valid_from as seen_at,
        issue_date,
        expiry_date
    from versions

)

select * from final
