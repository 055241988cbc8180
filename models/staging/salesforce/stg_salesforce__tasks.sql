{{ config(unique_key='task_id', pre_hook="{{ forget_unless_in_force('salesforce', 'task', ['interaction_channels']) }}") }}

with

source as (

    select * from {{ newest_records('task', seeds=['interaction_channels']) }}

),

renamed as (

    select
        -- ids
        {{ clean_text('id') }} as task_id,
        {{ clean_text('account_id') }} as account_id,
        {{ clean_text('who_id') }} as who_id,
        {{ clean_text('what_id') }} as what_id,
        {{ clean_text('owner_id') }} as owner_id,

        -- strings
        {{ without_contact_details('type') }} as task_type,
        {{ without_contact_details('task_subtype') }} as task_subtype,
        {{ without_contact_details('status') }} as task_status,
        {{ without_contact_details('call_type') }} as call_type,
        {{ without_contact_details('call_disposition') }} as call_disposition,
        {{ subject_channel('subject') }} as subject_channel,

        -- numerics
        {{ try_whole('call_duration_in_seconds') }} as call_seconds,

        -- booleans
        coalesce({{ try_boolean('is_closed') }}, false) as is_closed,
        coalesce({{ try_boolean('is_deleted') }}, false) as is_deleted,

        -- timestamps
        {{ try_timestamp('created_date') }} as created_at,
        {{ try_timestamp('completed_date_time') }} as completed_at,
        {{ try_timestamp('last_modified_date') }} as last_modified_at,
        coalesce({{ try_timestamp('system_modstamp') }}, {{ try_timestamp('last_modified_date') }}) as version_at,
        cast({{ try_timestamp('activity_date') }} as date) as activity_date,

        -- delivery
        delivery_id
    from source

)

select * from renamed
