with

source as (

    select * from {{ rows_in_force('pipedrive', 'fields', 'field_key', 'update_time') }}

),

renamed as (

    select
        -- ids
        {{ try_integer('id') }} as field_id,
        _row_number as row_number_in_delivery,

        -- strings
        {{ lower_case(clean_text('field_key')) }} as field_key,
        {{ clean_text('name') }} as field_name,
        {{ clean_text('field_value_options') }} as field_value_options
    from source

)

select * from renamed
