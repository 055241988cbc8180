with

source as (

    select * from {{ rows_in_force('pipedrive', 'activity', 'activity_id', 'update_time') }}
    where not coalesce({{ try_boolean('is_deleted') }}, false)

),

renamed as (

    select
        -- ids
        {{ try_integer('activity_id') }} as activity_id,
        {{ try_integer('deal_id') }} as deal_id,
        {{ try_integer('assigned_to_user') }} as sales_rep_id,
        _row_number as row_number_in_delivery,

        -- strings
        {{ clean_text('type') }} as activity_type,

        -- booleans
        {{ try_boolean('done') }} as is_done,

        -- timestamps
        {{ try_timestamp('due_to') }} as due_at
    from source

)

select * from renamed
