with

interactions as (

    select
        *,
        lead(direction) over conversation as next_direction,
        lead(interacted_at) over conversation as next_interacted_at
    from {{ ref('int_interactions') }}
    window conversation as (partition by customer_key order by interacted_at, {{ ordered_text('interaction_id') }})

),

deals as (

    select * from {{ ref('int_customer_deal_totals') }}

),

counted as (

    select
        channel,
        count(*) as interaction_count,
        avg(case
            when direction = 'inbound' and next_direction = 'outbound'
                then {{ days_between('interacted_at', 'next_interacted_at') }} * 24
        end) as mean_response_hours
    from interactions
    group by channel

),

reached as (

    select distinct
        channel,
        customer_key
    from interactions

),

deals_of_channel as (

    select
        reached.channel,
        count(*) as customer_count,
        sum(deals.num_closed_won) as won_count,
        sum(deals.num_closed_won + deals.num_closed_lost) as closed_count,
        sum(deals.num_deals) as deal_count,
        sum(deals.total_deal_value) as deal_value
    from reached
    left join deals on reached.customer_key = deals.customer_key
    group by reached.channel

),

final as (

    select
        counted.channel,
        counted.interaction_count,
        deals_of_channel.customer_count,
        {{ safe_divide('deals_of_channel.won_count', 'deals_of_channel.closed_count') }} as conversion_rate,
        {{ safe_divide('deals_of_channel.deal_value', 'deals_of_channel.deal_count') }} as mean_deal_value,
        counted.mean_response_hours
    from counted
    inner join deals_of_channel on counted.channel = deals_of_channel.channel

)

select * from final
