with

source as (

    select * from {{ rows_in_force('pipedrive', 'stages', 'stage_id', 'update_time') }}

),

renamed as (

    select
        -- ids
        {{ try_integer('stage_id') }} as stage_id,
        _row_number as row_number_in_delivery,

        -- strings
        {{ clean_text('stage_name') }} as stage_name
    from source

)

select * from renamed
