{{ config(unique_key='line_item_id', pre_hook="{{ forget_unless_in_force('salesforce', 'opportunity_line_item') }}") }}

with

source as (

    select * from {{ newest_records('opportunity_line_item') }}

),

renamed as (

    select
        -- ids
        {{ clean_text('id') }} as line_item_id,
        {{ clean_text('opportunity_id') }} as opportunity_id,
        {{ clean_text('product2_id') }} as product_id,

        -- numerics
        {{ try_decimal('quantity') }} as quantity,
        {{ try_decimal('unit_price') }} as unit_price,
        {{ try_decimal('total_price') }} as total_price,

        -- booleans
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
