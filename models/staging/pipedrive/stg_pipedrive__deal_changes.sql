with

source as (

    select
        *,
        {{ lower_case(clean_text('changed_field_key')) }} as field_key
    from {{ source('raw_pipedrive', 'deal_changes') }}
    where {{ in_latest_period('pipedrive', 'deal_changes') }}

),

renamed as (

    select
        -- ids
        {{ try_integer('deal_id') }} as deal_id,
        _row_number as row_number_in_delivery,

        -- strings
        field_key as changed_field_key,
        -- only of the fields that are read: any other may hold a person's name, phone or e-mail address
        case
            when field_key in ('add_time', 'user_id', 'stage_id', 'status') then {{ clean_text('new_value') }}
            when field_key = 'lost_reason' then {{ without_contact_details('new_value') }}
        end as new_value,

        -- timestamps
        {{ try_timestamp('change_time') }} as changed_at
    from source

)

select * from renamed
