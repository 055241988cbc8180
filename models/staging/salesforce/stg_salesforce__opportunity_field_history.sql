{{ config(
    unique_key='history_id',
    pre_hook="{{ forget_unless_in_force('salesforce', 'opportunity_field_history', ['pii_fields']) }}"
) }}

with

source as (

    select * from {{ newest_records('opportunity_field_history', 'created_date', seeds=['pii_fields']) }}

),

renamed as (

    select
        -- ids
        {{ clean_text('id') }} as history_id,
        {{ clean_text('opportunity_id') }} as opportunity_id,

        -- strings
        {{ clean_text('field') }} as field,
        {{ history_value('old_value') }} as old_value,
        {{ history_value('new_value') }} as new_value,

        -- timestamps
        {{ try_timestamp('created_date') }} as changed_at,

        -- delivery
        delivery_id
    from source

)

select * from renamed
