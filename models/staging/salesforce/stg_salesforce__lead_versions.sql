{{ config(unique_key='lead_id', pre_hook="{{ forget_unless_in_force('salesforce', 'lead') }}") }}

with

source as (

    select * from {{ delivered_rows('salesforce', 'lead') }}

),

versions as (

    select
        *,
        coalesce({{ try_timestamp('system_modstamp') }}, {{ try_timestamp('last_modified_date') }}) as version_at

    from source

),

-- A version that a later delivery brings again is one version; the latest delivery's copy of it counts.
ranked as (

    select
        *,
        row_number() over (
            partition by {{ clean_text('id') }}, version_at
            order by _period desc nulls last, _row_number desc nulls last
        ) as copy_rank,
        min({{ ordered_text('_period') }}) over (partition by {{ clean_text('id') }}, version_at) as first_period,
        row_number() over (
            partition by {{ clean_text('id') }}
            order by _period desc nulls last, version_at desc nulls last, _row_number desc nulls last
        ) as version_rank

    from versions

),

renamed as (

    select
        -- ids
        {{ clean_text('id') }} as lead_id,
        {{ clean_text('owner_id') }} as owner_id,
        {{ clean_text('brightwheel_school_uuid_c') }} as product_school_id,
        {{ clean_text('converted_account_id') }} as converted_account_id,
        {{ clean_text('converted_contact_id') }} as converted_contact_id,
        {{ clean_text('converted_opportunity_id') }} as converted_opportunity_id,

        -- strings
        {{ without_contact_details('company') }} as company,
        {{ without_contact_details('title') }} as contact_role,
        {{ without_contact_details('website') }} as website,
        {{ without_contact_details('street') }} as street,
        {{ without_contact_details('city') }} as city,
        {{ without_contact_details('state') }} as state,
        {{ clean_text('postal_code') }} as postal_code,
        {{ without_contact_details('country') }} as country,
        {{ without_contact_details('lead_source') }} as lead_source,
        {{ without_contact_details('status') }} as lead_status,
        {{ without_contact_details('outreach_stage_c') }} as outreach_stage,
        {{ without_contact_details('email_bounced_reason') }} as email_bounced_reason,
        {{ without_contact_details('industry') }} as industry,
        {{ without_contact_details('rating') }} as rating,

        -- personal data, masked and hashed
        {{ pii_mask(person_name('first_name', 'last_name')) }} as contact_name_masked,
        {{ pii_hash(fold_ascii(person_name('first_name', 'last_name'))) }} as contact_name_key,
        {{ pii_mask(normalize_phone('phone')) }} as phone_masked,
        {{ pii_hash(normalize_phone('phone')) }} as phone_key,
        {{ pii_mask(normalize_phone('mobile_phone')) }} as mobile_phone_masked,
        {{ pii_hash(normalize_phone('mobile_phone')) }} as mobile_phone_key,
        {{ pii_mask(normalize_email('email')) }} as email_masked,
        {{ pii_hash(normalize_email('email')) }} as email_key,

        -- numerics
        {{ try_count('current_enrollment_c') }} as current_enrollment,
        {{ try_count('capacity_c') }} as capacity,
        {{ try_whole('number_of_employees') }} as employee_count,
        {{ try_decimal('annual_revenue') }} as annual_revenue,
        {{ try_decimal('website_visits_c') }} as website_visits,
        {{ try_decimal('content_downloads_c') }} as content_downloads,
        {{ try_decimal('email_opens_c') }} as email_opens,
        {{ try_decimal('days_since_last_activity_c', 18, 6) }} as days_since_last_activity,

        -- booleans
        coalesce({{ try_boolean('is_deleted') }}, false) as is_deleted,
        coalesce({{ try_boolean('is_converted') }}, false) as is_converted,
        {{ is_invalid('phone', normalize_phone('phone')) }} as has_invalid_phone,
        {{ is_invalid('mobile_phone', normalize_phone('mobile_phone')) }} as has_invalid_mobile_phone,
        {{ is_invalid('email', normalize_email('email')) }} as has_invalid_email,
        version_rank = 1 and {{ in_latest_period('salesforce', 'lead') }} as is_newest_version,

        -- timestamps
        version_at,
        {{ try_timestamp('created_date') }} as created_at,
        {{ try_timestamp('last_modified_date') }} as last_modified_at,
        {{ try_timestamp('last_viewed_date') }} as last_viewed_at,
        {{ try_timestamp('last_referenced_date') }} as last_referenced_at,
        {{ try_timestamp('email_bounced_date') }} as email_bounced_at,
        cast({{ try_timestamp('last_activity_date') }} as date) as last_activity_date,
        cast({{ try_timestamp('converted_date') }} as date) as converted_date,
        cast({{ try_timestamp('lead_source_last_updated_c') }} as date) as lead_source_updated_date,

        -- delivery
        _period as period,
        first_period,
        _run_id as run_id,
        _row_number as file_row,
        delivery_id

    from ranked
    where copy_rank = 1

)

select * from renamed
