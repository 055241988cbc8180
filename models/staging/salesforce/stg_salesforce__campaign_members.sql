{{ config(unique_key='campaign_member_id', pre_hook="{{ forget_unless_in_force('salesforce', 'campaign_member') }}") }}

with

source as (

    select * from {{ newest_records('campaign_member') }}

),

renamed as (

    select
        -- ids
        {{ clean_text('id') }} as campaign_member_id,
        {{ clean_text('campaign_id') }} as campaign_id,
        {{ clean_text('lead_id') }} as lead_id,
        {{ clean_text('contact_id') }} as contact_id,

        -- strings
        {{ without_contact_details('status') }} as member_status,

        -- booleans
        coalesce({{ try_boolean('has_responded') }}, false) as has_responded,
        coalesce({{ try_boolean('is_deleted') }}, false) as is_deleted,

        -- timestamps
        {{ try_timestamp('created_date') }} as created_at,
        {{ try_timestamp('last_modified_date') }} as last_modified_at,
        coalesce({{ try_timestamp('system_modstamp') }}, {{ try_timestamp('last_modified_date') }}) as version_at,
        cast({{ try_timestamp('first_responded_date') }} as date) as first_responded_date,

        -- delivery
        delivery_id
    from source

)

select * from renamed
