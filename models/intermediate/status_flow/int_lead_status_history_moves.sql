{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ forget_changed('int_lead_status_history', 'lead_id', ['change_number', 'made_from']) }}"
) }}

with

everything as (

    select * from {{ ref('int_lead_status_history') }}

),

-- In an increment all of the leads that are not here, or not any more. What a lone conversion left, only the lead itself tells.
changes as (

    select
        told.*,
        {{ made_from_rows(['change_number', 'made_from'], over=' over (partition by lead_id)') }} as moves_made_from,
        coalesce(told.from_status <> told.to_status, told.is_lone_conversion) as is_move
    from everything as told
    where {{ not_here('told', 'lead_id') }}

),

{{ moves_in_order('changes') }},

final as (

    select
        lead_id,
        change_number,
        is_move,
        move_number,
        from_status,
        to_status,
        previous_to_status,
        previous_changed_at,
        changed_at,
        next_changed_at,
        is_newest,
        moves_made_from as made_from
    from moves_in_order

)

select * from final
