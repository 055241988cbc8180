with

source as (

    select * from {{ rows_in_force('pipedrive', 'activity_types', 'id', 'update_time') }}

),

renamed as (

    select
        -- ids
        {{ try_integer('id') }} as activity_type_id,
        _row_number as row_number_in_delivery,

        -- strings
        {{ clean_text('type') }} as activity_type,
        {{ clean_text('name') }} as activity_type_name,

        -- booleans
        {{ try_boolean('active') }} as is_active
    from source

)

select * from renamed
