with

source as (

    select * from {{ source('raw_facilities', 'oklahoma') }}

),

-- `school_year_only` and `evening_hours` only repeat earlier cells of the row and are not read.
renamed as (

    select
        -- ids
        {{ oklahoma_license_number('type_license') }} as license_number,
        {{ clean_text(regex_extract('subsidy_contract_number', '([0-9]+)')) }} as subsidy_contract_number,

        -- strings
        {{ oklahoma_license_type('type_license') }} as license_type,
        {{ clean_text('company') }} as company,
        {{ name_before_dba('company') }} as legal_name,
        {{ name_after_dba('company') }} as dba_name,
        {{ clean_text("concat_ws(' ', " ~ clean_text('address1') ~ ', ' ~ clean_text('address2') ~ ')') }} as street,
        {{ clean_text('city') }} as city,
        {{ clean_text('state') }} as state,
        {{ normalize_postal_code('zip') }} as postal_code,
        {{ oklahoma_caregiver_role('primary_caregiver') }} as contact_role,
        {{ clean_text('mon') }} as monday_hours,
        {{ clean_text('tues') }} as tuesday_hours,
        {{ clean_text('wed') }} as wednesday_hours,
        {{ clean_text('thurs') }} as thursday_hours,
        {{ clean_text('friday') }} as friday_hours,
        {{ clean_text('saturday') }} as saturday_hours,
        {{ clean_text('sunday') }} as sunday_hours,

        -- personal data, masked and hashed
        {{ pii_mask(oklahoma_caregiver_name('primary_caregiver')) }} as contact_name_masked,
        {{ pii_hash(fold_ascii(oklahoma_caregiver_name('primary_caregiver'))) }} as contact_name_key,
        {{ pii_mask(normalize_phone('phone')) }} as phone_masked,
        {{ pii_hash(normalize_phone('phone')) }} as phone_key,
        {{ pii_mask(normalize_email('email')) }} as email_masked,
        {{ pii_hash(normalize_email('email')) }} as email_key,

        -- numerics
        {{ oklahoma_star_level('star_level') }} as star_level,
        {{ try_count('total_cap') }} as capacity,

        -- booleans
        {{ is_ticked('accepts_subsidy') }} as accepts_subsidy,
        {{ is_ticked('year_round') }} as is_year_round,
        {{ is_ticked('daytime_hours') }} as has_daytime_hours,
        {{ oklahoma_serves('infant') }} as serves_infants,
        {{ oklahoma_serves('toddler') }} as serves_toddlers,
        {{ oklahoma_serves('preschool') }} as serves_preschool,
        {{ oklahoma_serves('school age') }} as serves_school_age,
        {{ is_invalid('phone', normalize_phone('phone')) }} as has_invalid_phone,
        {{ is_invalid('email', normalize_email('email')) }} as has_invalid_email,

        -- dates
        {{ oklahoma_monitored_since('license_monitoring_since') }} as issue_date,

        -- delivery
        _period as period,
        _row_number as file_row

    from source

)

select * from renamed
