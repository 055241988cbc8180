{% set told = ['lead_id', 'history_id', 'is_conversion', 'old_status', 'new_status', 'changed_at', 'delivery_id'] -%}

{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook=[
        "{{ mark_changed('int_lead_status_changes', 'lead_id', " ~ told ~ ", part='delivery_id') }}",
        "{{ forget_marked('lead_id') }}",
    ],
    post_hook="{{ forget_marks() }}"
) }}

with

-- In an increment all of the leads that have changed. A conversion comes after a change of the same moment.
changes as (

    select
        *,
        {{ rows_hash(told) }} as rows_hash,
        min(case when is_conversion then 1 else 0 end) over (partition by lead_id) = 1 as is_lone_conversion,
        row_number() over (
            partition by lead_id order by changed_at asc nulls first, is_conversion asc, {{ ordered_text('history_id') }} asc
        ) as change_number
    from {{ ref('int_lead_status_changes') }}
    where {{ is_marked('lead_id') }}

),

counted as (

    select
        *,
        count(new_status) over (partition by lead_id order by change_number asc) as told_until,
        count(old_status) over (partition by lead_id order by change_number desc) as told_from
    from changes

),

surrounded as (

    select
        *,
        first_value(new_status) over (partition by lead_id, told_until order by change_number asc) as last_status,
        first_value(old_status) over (partition by lead_id, told_from order by change_number desc) as next_old_status
    from counted

),

-- The status at a conversion is that of the last change before it, or the one that the next change left.
completed as (

    select
        *,
        case when is_conversion then coalesce(last_status, next_old_status) else old_status end as from_status,
        case when is_conversion then 'Converted' else new_status end as to_status
    from surrounded

),

-- What a lone conversion left, only the lead itself tells.
compared as (

    select
        *,
        coalesce(from_status <> to_status, is_lone_conversion) as is_move
    from completed

),

{{ moves_in_order('compared') }},

final as (

    select
        history_id,
        lead_id,
        from_status,
        to_status,
        changed_at,
        change_number,
        is_conversion,
        is_move,
        move_number,
        previous_to_status,
        previous_changed_at,
        next_changed_at,
        is_newest,
        delivery_id,
        rows_hash
    from moves_in_order

)

select * from final
