with

source as (

    select * from {{ source('raw_facilities', 'texas') }}

),

renamed as (

    select
        -- ids
        {{ clean_text('operation') }} as operation_number,
        {{ clean_text('agency_number') }} as agency_number,
        {{ clean_text('facility_id') }} as texas_facility_id,

        -- strings
        {{ clean_text('operation_name') }} as business_name,
        {{ clean_text('type') }} as license_type,
        {{ clean_text('status') }} as license_status,
        {{ clean_text('address') }} as street,
        {{ clean_text('city') }} as city,
        {{ clean_text('county') }} as county,
        {{ clean_text('state') }} as state,
        {{ normalize_postal_code('zip') }} as postal_code,
        {{ clean_text('monitoring_frequency') }} as monitoring_frequency,

        -- personal data, masked and hashed
        {{ pii_mask(normalize_phone('phone')) }} as phone_masked,
        {{ pii_hash(normalize_phone('phone')) }} as phone_key,
        {{ pii_mask(normalize_email('email_address')) }} as email_masked,
        {{ pii_hash(normalize_email('email_address')) }} as email_key,

        -- numerics
        {{ try_count('capacity') }} as capacity,

        -- booleans
        {{ try_boolean('infant') }} as serves_infants,
        {{ try_boolean('toddler') }} as serves_toddlers,
        {{ try_boolean('preschool') }} as serves_preschool,
        {{ try_boolean('school') }} as serves_school_age,
        {{ is_invalid('phone', normalize_phone('phone')) }} as has_invalid_phone,
        {{ is_invalid('email_address', normalize_email('email_address')) }} as has_invalid_email,

        -- dates
        {{ us_date('issue_date') }} as issue_date,

        -- delivery
        _period as period,
        _row_number as file_row

    from source

)

select * from renamed
