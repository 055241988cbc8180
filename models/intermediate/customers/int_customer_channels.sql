{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook=[
        "{{ mark_changed('int_interactions', 'customer_id', ['interaction_hash']) }}",
        "{{ forget_marked('customer_id') }}",
    ],
    post_hook="{{ forget_marks() }}"
) }}

with

-- In an increment those of the customers for whom something has changed.
interactions as (

    select
        customer_key,
        customer_id,
        channel,
        direction,
        outcome,
        interacted_at,
        lead(direction) over conversation as next_direction,
        lead(interacted_at) over conversation as next_interacted_at,
        {{ rows_hash(['interaction_hash']) }} as rows_hash
    from {{ ref('int_interactions') }}
    where {{ is_marked('customer_id') }}
    window conversation as (partition by customer_key order by interacted_at, {{ ordered_text('interaction_id') }})

),

responses as (

    select
        *,
        case
            when direction = 'inbound' and next_direction = 'outbound'
                then {{ days_between('interacted_at', 'next_interacted_at') }} * 24
        end as response_hours
    from interactions

),

final as (

    select
        customer_key,
        customer_id,
        channel,
        count(*) as interaction_count,
        count(case when outcome = 'positive' then 1 end) as positive_count,
        count(case when outcome = 'negative' then 1 end) as negative_count,
        count(case when outcome = 'neutral' then 1 end) as neutral_count,
        cast(max(interacted_at) as date) as last_interaction_date,
        count(response_hours) as response_count,
        sum(response_hours) as response_hours,
        cast(sum(rows_hash) as bigint) as rows_hash
    from responses
    group by customer_key, customer_id, channel

)

select * from final
