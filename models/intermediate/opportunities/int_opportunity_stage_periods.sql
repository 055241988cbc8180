{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='opportunity_id',
    on_schema_change='sync_all_columns',
    pre_hook="{{ forget_unless_made_from('stg_salesforce__opportunity_history') }}"
) }}

with

-- In an increment all of an opportunity of which something is new.
opportunity_history as (

    select * from {{ ref('stg_salesforce__opportunity_history') }}
    where
        opportunity_id is not null
        and stage_name is not null
        and changed_at is not null
        and {{ not_made_yet('stg_salesforce__opportunity_history', entity='opportunity_id') }}

),

compared as (

    select
        *,
        lag(stage_name) over (
            partition by opportunity_id order by changed_at, {{ ordered_text('history_id') }}
        ) as previous_stage_name
    from opportunity_history

),

-- Salesforce also keeps states in which something else changed.
entered as (

    select
        opportunity_id,
        history_id,
        stage_name,
        changed_at as entered_at,
        delivery_id
    from compared
    where stage_name is distinct from previous_stage_name

),

final as (

    select
        opportunity_id,
        stage_name,
        row_number() over periods_of_opportunity as period_number,
        entered_at,
        lead(entered_at) over periods_of_opportunity as left_at,
        {{ made_from('delivery_id') }} as delivery_id
    from entered
    window periods_of_opportunity as (
        partition by opportunity_id order by entered_at, {{ ordered_text('history_id') }}
    )

)

select * from final
