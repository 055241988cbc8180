-- Does it matter by which channel a customer is first reached? Each customer counts once, unlike in `channel_performance`.
with

customers as (

    select * from {{ ref('int_customers') }}

),

interactions as (

    select
        *,
        row_number() over (
            partition by customer_key
            order by interacted_at asc nulls last, {{ ordered_text('interaction_id') }} asc
        ) as contact_number
    from {{ ref('int_interactions') }}

),

deals as (

    select * from {{ ref('int_customer_deal_totals') }}

),

final as (

    select
        interactions.channel,
        count(*) as customers,
        {{ safe_divide('count(case when deals.num_closed_won > 0 then 1 end)', 'count(*)') }} as share_that_bought,
        {{ safe_divide('sum(deals.num_closed_won)', 'sum(deals.num_closed_won + deals.num_closed_lost)') }} as conversion_rate
    from interactions
    inner join customers on interactions.customer_key = customers.customer_key
    left join deals on interactions.customer_key = deals.customer_key
    where interactions.contact_number = 1
    group by interactions.channel

)

select * from final
order by customers desc, channel asc
