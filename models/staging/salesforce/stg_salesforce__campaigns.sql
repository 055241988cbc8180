{{ config(unique_key='campaign_id', pre_hook="{{ forget_unless_in_force('salesforce', 'campaign') }}") }}

with

source as (

    select * from {{ newest_records('campaign') }}

),

renamed as (

    select
        -- ids
        {{ clean_text('id') }} as campaign_id,
        {{ clean_text('parent_id') }} as parent_campaign_id,
        {{ clean_text('owner_id') }} as owner_id,

        -- strings
        {{ without_contact_details('name') }} as campaign_name,
        {{ without_contact_details('type') }} as campaign_type,
        {{ without_contact_details('status') }} as campaign_status,

        -- numerics
        {{ try_decimal('budgeted_cost') }} as budgeted_cost,
        {{ try_decimal('actual_cost') }} as actual_cost,
        {{ try_decimal('expected_revenue') }} as expected_revenue,
        {{ try_integer('number_sent') }} as number_sent,

        -- booleans
        coalesce({{ try_boolean('is_active') }}, false) as is_active,
        coalesce({{ try_boolean('is_deleted') }}, false) as is_deleted,

        -- timestamps
        {{ try_timestamp('created_date') }} as created_at,
        {{ try_timestamp('last_modified_date') }} as last_modified_at,
        coalesce({{ try_timestamp('system_modstamp') }}, {{ try_timestamp('last_modified_date') }}) as version_at,
        cast({{ try_timestamp('start_date') }} as date) as start_date,
        cast({{ try_timestamp('end_date') }} as date) as end_date,

        -- delivery
        delivery_id
    from source

)

select * from renamed
