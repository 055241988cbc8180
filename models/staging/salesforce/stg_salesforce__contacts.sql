{{ config(unique_key='contact_id', pre_hook="{{ forget_unless_in_force('salesforce', 'contact') }}") }}

with

source as (

    select * from {{ newest_records('contact') }}

),

renamed as (

    select
        -- ids
        {{ clean_text('id') }} as contact_id,
        {{ clean_text('account_id') }} as account_id,
        {{ clean_text('owner_id') }} as owner_id,

        -- strings
        {{ without_contact_details('title') }} as title,
        {{ without_contact_details('department') }} as department,
        {{ without_contact_details('lead_source') }} as lead_source,

        -- personal data, masked and hashed
        {{ pii_mask(person_name('first_name', 'last_name')) }} as contact_name_masked,
        {{ pii_hash(fold_ascii(person_name('first_name', 'last_name'))) }} as contact_name_key,
        {{ pii_mask(normalize_phone('phone')) }} as phone_masked,
        {{ pii_hash(normalize_phone('phone')) }} as phone_key,
        {{ pii_mask(normalize_email('email')) }} as email_masked,
        {{ pii_hash(normalize_email('email')) }} as email_key,

        -- booleans
        coalesce({{ try_boolean('has_opted_out_of_email') }}, false) as has_opted_out_of_email,
        coalesce({{ try_boolean('is_deleted') }}, false) as is_deleted,

        -- timestamps
        {{ try_timestamp('created_date') }} as created_at,
        {{ try_timestamp('last_modified_date') }} as last_modified_at,
        coalesce({{ try_timestamp('system_modstamp') }}, {{ try_timestamp('last_modified_date') }}) as version_at,
        cast({{ try_timestamp('last_activity_date') }} as date) as last_activity_date,

        -- delivery
        delivery_id
    from source

)

select * from renamed
