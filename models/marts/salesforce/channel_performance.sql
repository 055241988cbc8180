with

channels as (

    select * from {{ ref('int_customer_channels') }}

),

deals as (

    select * from {{ ref('int_customer_deal_totals') }}

),

totals as (

    select
        channels.channel,
        sum(channels.interaction_count) as interaction_count,
        count(*) as customer_count,
        sum(deals.num_closed_won) as won_count,
        sum(deals.num_closed_won + deals.num_closed_lost) as closed_count,
        sum(deals.num_deals) as deal_count,
        sum(deals.total_deal_value) as deal_value,
        sum(channels.response_count) as response_count,
        sum(channels.response_hours) as response_hours
    from channels
    left join deals on channels.customer_key = deals.customer_key
    group by channels.channel

),

final as (

    select
        channel,
        cast(interaction_count as bigint) as interaction_count,
        customer_count,
        {{ safe_divide('won_count', 'closed_count') }} as conversion_rate,
        {{ safe_divide('deal_value', 'deal_count') }} as mean_deal_value,
        {{ safe_divide('response_hours', 'response_count') }} as mean_response_hours
    from totals

)

select * from final
