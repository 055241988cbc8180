with

fields as (

    select * from {{ ref('stg_pipedrive__fields') }}

),

options as (

    select
        field_key,
        row_number_in_delivery,
        {{ json_objects('field_value_options') }} as option
    from fields

),

labelled as (

    select
        field_key,
        {{ clean_text(json_text('option', 'id')) }} as option_id,
        {{ clean_text(json_text('option', 'label')) }} as option_label,
        row_number_in_delivery
    from options

),

numbered as (

    select
        *,
        row_number() over (
            partition by field_key, option_id
            order by row_number_in_delivery, {{ ordered_text('option_label') }}
        ) as occurrence
    from labelled
    where option_id is not null

),

final as (

    select
        field_key,
        option_id,
        option_label
    from numbered
    where occurrence = 1

)

select * from final
