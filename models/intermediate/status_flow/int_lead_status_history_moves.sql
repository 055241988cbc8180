{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='lead_id',
    on_schema_change='sync_all_columns',
    pre_hook="{{ forget_unless_made_from('int_lead_status_history') }}"
) }}

with

-- In an increment all of a lead of which something is new. What a lone conversion left, only the lead itself tells.
changes as (

    select
        *,
        coalesce(from_status <> to_status, is_lone_conversion) as is_move
    from {{ ref('int_lead_status_history') }}
    where {{ not_made_yet('int_lead_status_history', entity='lead_id') }}

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
        {{ made_from('delivery_id') }} as delivery_id
    from moves_in_order

)

select * from final
