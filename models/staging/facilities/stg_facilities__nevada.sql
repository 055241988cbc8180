with

source as (

    select * from {{ source('raw_facilities', 'nevada') }}

),

renamed as (

    select
        -- ids
        {{ clean_text('credential_number') }} as credential_number,

        -- strings
        {{ clean_text(repair_apostrophe('name')) }} as business_name,
        {{ clean_text(without_provisional('credential_type')) }} as credential_type,
        {{ clean_text('status') }} as license_status,
        {{ clean_text(nevada_street_and_city(repair_apostrophe('address'))) }} as street_and_city,
        {{ clean_text('county') }} as county,
        {{ clean_text('state') }} as state,
        {{ nevada_postal_code('address') }} as postal_code,
        {{ clean_text('primary_contact_role') }} as contact_role,

        -- personal data, masked and hashed
        {{ pii_mask(clean_text(repair_apostrophe('primary_contact_name'))) }} as contact_name_masked,
        {{ pii_hash(fold_ascii(repair_apostrophe('primary_contact_name'))) }} as contact_name_key,
        {{ pii_mask(normalize_phone('phone')) }} as phone_masked,
        {{ pii_hash(normalize_phone('phone')) }} as phone_key,

        -- booleans
        {{ try_boolean('disciplinary_action') }} as has_disciplinary_action,
        {{ is_provisional('credential_type') }} as is_provisional,
        {{ is_invalid('phone', normalize_phone('phone')) }} as has_invalid_phone,

        -- dates
        {{ us_date('first_issue_date') }} as issue_date,
        {{ us_date('expiration_date') }} as expiry_date,

        -- delivery
        _period as period,
        _row_number as file_row

    from source

)

select * from renamed
