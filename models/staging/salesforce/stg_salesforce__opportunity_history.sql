{{ config(unique_key='history_id', pre_hook="{{ forget_unless_in_force('salesforce', 'opportunity_history') }}") }}

with

source as (

    select * from {{ newest_records('opportunity_history', 'created_date') }}

),

renamed as (

    select
        -- ids
        {{ clean_text('id') }} as history_id,
        {{ clean_text('opportunity_id') }} as opportunity_id,

        -- strings
        {{ without_contact_details('stage_name') }} as stage_name,

        -- numerics
        {{ try_decimal('amount') }} as amount,
        {{ try_decimal('probability') }} as probability_percent,

        -- timestamps
        {{ try_timestamp('created_date') }} as changed_at,
        cast({{ try_timestamp('close_date') }} as date) as close_date,

        -- delivery
        delivery_id
    from source

)

select * from renamed
