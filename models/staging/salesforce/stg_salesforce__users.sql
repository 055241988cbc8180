{{ config(unique_key='user_id', pre_hook="{{ forget_unless_in_force('salesforce', 'user') }}") }}

with

source as (

    select * from {{ newest_records('user') }}

),

renamed as (

    select
        -- ids
        {{ clean_text('id') }} as user_id,
        {{ clean_text('manager_id') }} as manager_id,

        -- strings
        {{ without_contact_details('title') }} as title,
        {{ without_contact_details('department') }} as department,
        {{ without_contact_details('user_type') }} as user_type,

        -- personal data, masked and hashed
        {{ pii_mask(clean_text('name')) }} as user_name_masked,
        {{ pii_mask(normalize_email('email')) }} as email_masked,
        {{ pii_hash(normalize_email('email')) }} as email_key,

        -- booleans
        coalesce({{ try_boolean('is_active') }}, false) as is_active,

        -- timestamps
        {{ try_timestamp('created_date') }} as created_at,
        {{ try_timestamp('last_modified_date') }} as last_modified_at,
        coalesce({{ try_timestamp('system_modstamp') }}, {{ try_timestamp('last_modified_date') }}) as version_at,

        -- delivery
        delivery_id
    from source

)

select * from renamed
