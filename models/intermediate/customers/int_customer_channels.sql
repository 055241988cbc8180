{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ forget_changed('int_customer_interactions', 'customer_key', ['state_of_conversation']) }}"
) }}

with

customers as (

    select
        customer_key,
        {{ made_from_rows(['state_of_conversation']) }} as made_from
    from {{ ref('int_customer_interactions') }}
    group by customer_key

),

everything as (

    select * from {{ ref('int_interactions') }}

),

-- In an increment those of the customers that are not here, or not any more.
interactions as (

    select
        told.customer_key,
        told.channel,
        told.direction,
        told.interacted_at,
        lead(told.direction) over conversation as next_direction,
        lead(told.interacted_at) over conversation as next_interacted_at
    from everything as told
    where {{ not_here('told', 'customer_key') }}
    window conversation as (partition by told.customer_key order by told.interacted_at, {{ ordered_text('told.interaction_id') }})

),

responses as (

    select
        customer_key,
        channel,
        case
            when direction = 'inbound' and next_direction = 'outbound'
                then {{ days_between('interacted_at', 'next_interacted_at') }} * 24
        end as response_hours
    from interactions

),

counted as (

    select
        customer_key,
        channel,
        count(*) as interaction_count,
        count(response_hours) as response_count,
        sum(response_hours) as response_hours
    from responses
    group by customer_key, channel

),

final as (

    select
        counted.*,
        customers.made_from
    from counted
    inner join customers on counted.customer_key = customers.customer_key

)

select * from final
