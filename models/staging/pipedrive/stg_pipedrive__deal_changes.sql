with source as (
    select * from {{ source('raw_pipedrive', 'deal_changes') }}
    where {{ in_latest_period('pipedrive', 'deal_changes') }}
),

renamed as (
    select
        -- ids
        {{ try_integer('deal_id') }} as deal_id,
        _row_number as row_number_in_delivery,

        -- strings
        {{ lower_case(clean_text('changed_field_key')) }} as changed_field_key,
        {{ clean_text('new_value') }} as new_value,

        -- timestamps
        {{ try_timestamp('change_time') }} as changed_at
    from source
)

select * from renamed
