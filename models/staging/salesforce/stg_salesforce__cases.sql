{{ config(unique_key='case_id', pre_hook="{{ forget_unless_in_force('salesforce', 'case') }}") }}

with

source as (

    select * from {{ newest_records('case') }}

),

renamed as (

    select
        -- ids
        {{ clean_text('id') }} as case_id,
        {{ clean_text('account_id') }} as account_id,
        {{ clean_text('contact_id') }} as contact_id,
        {{ clean_text('owner_id') }} as owner_id,

        -- strings
        {{ without_contact_details('type') }} as case_type,
        {{ without_contact_details('status') }} as case_status,
        {{ without_contact_details('reason') }} as reason,
        {{ without_contact_details('origin') }} as origin,
        {{ without_contact_details('priority') }} as priority,

        -- numerics
        {{ try_decimal('customer_satisfaction_c', 18, 6) }} as customer_satisfaction,

        -- booleans
        coalesce({{ try_boolean('is_closed') }}, false) as is_closed,
        coalesce({{ try_boolean('is_escalated') }}, false) as is_escalated,
        coalesce({{ try_boolean('is_deleted') }}, false) as is_deleted,

        -- timestamps
        {{ try_timestamp('created_date') }} as created_at,
        {{ try_timestamp('closed_date') }} as closed_at,
        {{ try_timestamp('last_modified_date') }} as last_modified_at,
        coalesce({{ try_timestamp('system_modstamp') }}, {{ try_timestamp('last_modified_date') }}) as version_at,

        -- delivery
        delivery_id
    from source

)

select * from renamed
