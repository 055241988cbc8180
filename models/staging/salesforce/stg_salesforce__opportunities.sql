{{ config(unique_key='opportunity_id', pre_hook="{{ forget_unless_in_force('salesforce', 'opportunity') }}") }}

with

source as (

    select * from {{ newest_records('opportunity') }}

),

renamed as (

    select
        -- ids
        {{ clean_text('id') }} as opportunity_id,
        {{ clean_text('account_id') }} as account_id,
        {{ clean_text('contact_id') }} as contact_id,
        {{ clean_text('campaign_id') }} as campaign_id,
        {{ clean_text('owner_id') }} as owner_id,

        -- strings
        {{ without_contact_details('name') }} as opportunity_name,
        {{ without_contact_details('stage_name') }} as stage_name,
        {{ without_contact_details('type') }} as opportunity_type,
        {{ without_contact_details('lead_source') }} as lead_source,
        {{ without_contact_details('forecast_category_name') }} as forecast_category_name,

        -- numerics
        {{ try_decimal('amount') }} as amount,
        {{ try_decimal('probability') }} as probability_percent,
        {{ try_decimal('days_in_stage_c', 18, 6) }} as days_in_stage_given,

        -- booleans
        coalesce({{ try_boolean('is_closed') }}, false) as is_closed,
        coalesce({{ try_boolean('is_won') }}, false) as is_won,
        coalesce({{ try_boolean('is_deleted') }}, false) as is_deleted,

        -- timestamps
        {{ try_timestamp('created_date') }} as created_at,
        {{ try_timestamp('last_modified_date') }} as last_modified_at,
        coalesce({{ try_timestamp('system_modstamp') }}, {{ try_timestamp('last_modified_date') }}) as version_at,
        {{ try_timestamp('last_stage_change_date') }} as last_stage_change_at,
        cast({{ try_timestamp('close_date') }} as date) as close_date,
        cast({{ try_timestamp('last_activity_date') }} as date) as last_activity_date,

        -- delivery
        delivery_id
    from source

)

select * from renamed
