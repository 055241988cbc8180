{{ config(unique_key='event_id', pre_hook="{{ forget_unless_in_force('salesforce', 'event', ['interaction_channels']) }}") }}

with

source as (

    select * from {{ newest_records('event', seeds=['interaction_channels']) }}

),

renamed as (

    select
        -- ids
        {{ clean_text('id') }} as event_id,
        {{ clean_text('account_id') }} as account_id,
        {{ clean_text('who_id') }} as who_id,
        {{ clean_text('what_id') }} as what_id,
        {{ clean_text('owner_id') }} as owner_id,

        -- strings
        {{ without_contact_details('type') }} as event_type,
        {{ without_contact_details('event_subtype') }} as event_subtype,
        {{ subject_channel('subject') }} as subject_channel,

        -- numerics
        {{ try_whole('duration_in_minutes') }} as duration_minutes,

        -- booleans
        coalesce({{ try_boolean('is_child') }}, false) as is_child,
        coalesce({{ try_boolean('is_deleted') }}, false) as is_deleted,

        -- timestamps
        {{ try_timestamp('created_date') }} as created_at,
        {{ try_timestamp('start_date_time') }} as started_at,
        {{ try_timestamp('last_modified_date') }} as last_modified_at,
        coalesce({{ try_timestamp('system_modstamp') }}, {{ try_timestamp('last_modified_date') }}) as version_at,
        cast({{ try_timestamp('activity_date') }} as date) as activity_date,

        -- delivery
        delivery_id
    from source

)

select * from renamed
