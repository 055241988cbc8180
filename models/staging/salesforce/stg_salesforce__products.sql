{{ config(unique_key='product_id', pre_hook="{{ forget_unless_in_force('salesforce', 'product2') }}") }}

with

source as (

    select * from {{ newest_records('product2') }}

),

renamed as (

    select
        -- ids
        {{ clean_text('id') }} as product_id,

        -- strings
        {{ without_contact_details('name') }} as product_name,
        {{ without_contact_details('product_code') }} as product_code,
        {{ without_contact_details('family') }} as product_family,

        -- booleans
        coalesce({{ try_boolean('is_active') }}, false) as is_active,
        coalesce({{ try_boolean('is_deleted') }}, false) as is_deleted,

        -- timestamps
        {{ try_timestamp('created_date') }} as created_at,
        {{ try_timestamp('last_modified_date') }} as last_modified_at,
        coalesce({{ try_timestamp('system_modstamp') }}, {{ try_timestamp('last_modified_date') }}) as version_at,

        -- delivery
        delivery_id
    from source

)

select * from renamed
