{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ forget_changed('stg_salesforce__lead_history', 'lead_id', ['history_id', 'delivery_id']) }}"
) }}

with

everything as (

    select * from {{ ref('stg_salesforce__lead_history') }}

),

-- In an increment all of the leads that are not here, or not any more.
lead_history as (

    select
        told.*,
        {{ made_from_rows(['history_id', 'delivery_id'], over=' over (partition by lead_id)') }} as made_from
    from everything as told
    where
        told.lead_id is not null
        and {{ not_here('told', 'lead_id') }}

),

status_history as (

    select
        *,
        {{ lower_case('field') }} = 'leadconverted' as is_conversion
    from lead_history
    where {{ lower_case('field') }} in ('status', 'leadconverted')

),

-- A conversion comes after a change of the status that was made in the same moment.
told as (

    select
        history_id,
        lead_id,
        case when not is_conversion then old_value end as old_status,
        case when not is_conversion then new_value end as new_status,
        is_conversion,
        changed_at,
        made_from,
        min(case when is_conversion then 1 else 0 end) over (partition by lead_id) = 1 as is_lone_conversion,
        row_number() over (
            partition by lead_id
            order by
                changed_at asc nulls first,
                case when is_conversion then 1 else 0 end asc,
                {{ ordered_text('history_id') }} asc
        ) as change_number
    from status_history

),

-- The status at a conversion is that of the last change before it, or the one that the next change left.
numbered as (

    select
        *,
        max(case when new_status is not null then change_number end) over (
            partition by lead_id order by change_number rows between unbounded preceding and 1 preceding
        ) as last_change_number,
        min(case when old_status is not null then change_number end) over (
            partition by lead_id order by change_number rows between 1 following and unbounded following
        ) as next_change_number
    from told

),

final as (

    select
        numbered.history_id,
        numbered.lead_id,
        case
            when numbered.is_conversion then coalesce(last_change.new_status, next_change.old_status)
            else numbered.old_status
        end as from_status,
        case when numbered.is_conversion then 'Converted' else numbered.new_status end as to_status,
        numbered.changed_at,
        numbered.change_number,
        numbered.is_conversion,
        numbered.is_lone_conversion,
        numbered.made_from
    from numbered
    left join numbered as last_change
        on numbered.lead_id = last_change.lead_id and numbered.last_change_number = last_change.change_number
    left join numbered as next_change
        on numbered.lead_id = next_change.lead_id and numbered.next_change_number = next_change.change_number

)

select * from final
