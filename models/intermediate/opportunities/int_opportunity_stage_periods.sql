{% set told = ['history_id', 'stage_name', 'changed_at'] -%}

{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook=[
        "{{ mark_changed('stg_salesforce__opportunity_history', 'opportunity_id', " ~ told ~ ") }}",
        "{{ forget_marked('opportunity_id') }}",
    ],
    post_hook="{{ forget_marks() }}"
) }}

with

-- In an increment all of the opportunities that have changed.
opportunity_history as (

    select
        *,
        cast(sum({{ rows_hash(told) }}) over (partition by opportunity_id) as bigint) as rows_hash
    from {{ ref('stg_salesforce__opportunity_history') }}
    where
        opportunity_id is not null
        and {{ is_marked('opportunity_id') }}

),

compared as (

    select
        *,
        lag(stage_name) over (
            partition by opportunity_id order by changed_at, {{ ordered_text('history_id') }}
        ) as previous_stage_name
    from opportunity_history
    where stage_name is not null and changed_at is not null

),

-- Salesforce also keeps states in which something else changed.
entered as (

    select
        opportunity_id,
        history_id,
        stage_name,
        changed_at as entered_at,
        rows_hash
    from compared
    where stage_name is distinct from previous_stage_name

),

-- The first period keeps the number for all rows of its opportunity.
final as (

    select
        opportunity_id,
        stage_name,
        row_number() over periods_of_opportunity as period_number,
        entered_at,
        lead(entered_at) over periods_of_opportunity as left_at,
        case when row_number() over periods_of_opportunity = 1 then rows_hash else 0 end as rows_hash
    from entered
    window periods_of_opportunity as (
        partition by opportunity_id order by entered_at, {{ ordered_text('history_id') }}
    )

)

select * from final
