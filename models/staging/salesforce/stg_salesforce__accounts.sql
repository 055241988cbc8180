{{ config(unique_key='account_id', pre_hook="{{ forget_unless_in_force('salesforce', 'account') }}") }}

with

source as (

    select * from {{ newest_records('account') }}

),

renamed as (

    select
        -- ids
        {{ clean_text('id') }} as account_id,
        {{ clean_text('parent_id') }} as parent_account_id,
        {{ clean_text('owner_id') }} as owner_id,

        -- strings
        {{ without_contact_details('name') }} as account_name,
        {{ without_contact_details('type') }} as account_type,
        {{ without_contact_details('industry') }} as industry,
        {{ without_contact_details('account_source') }} as account_source,
        {{ without_contact_details('billing_city') }} as billing_city,
        {{ without_contact_details('billing_state') }} as billing_state,
        {{ without_contact_details('billing_country') }} as billing_country,

        -- numerics
        {{ try_decimal('annual_revenue') }} as annual_revenue,
        {{ try_whole('number_of_employees') }} as employee_count,

        -- booleans
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
