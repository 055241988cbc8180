with

source as (

    select * from {{ rows_in_force('pipedrive', 'deals', 'id', 'update_time') }}

),

renamed as (

    select
        -- ids
        {{ try_integer('id') }} as deal_id,
        {{ try_integer('owner_id') }} as owner_id,
        {{ try_integer('stage_id') }} as stage_id,
        _row_number as row_number_in_delivery,

        -- strings
        {{ fold('status') }} as status,

        -- booleans
        coalesce({{ try_boolean('is_archived') }}, false) as is_archived,
        coalesce({{ try_boolean('is_deleted') }}, false) as is_deleted,

        -- timestamps
        {{ try_timestamp('add_time') }} as created_at,
        {{ try_timestamp('update_time') }} as updated_at
    from source

)

select * from renamed
