with

customers as (

    select * from {{ ref('customer_features') }}

),

deals as (

    select
        customer_key,
        sum(case when outcome = 'won' then deal_value else 0 end) as won_value,
        sum(deal_value) as deal_value,
        count(*) as deal_count
    from {{ ref('int_customer_deals') }}
    group by customer_key

)

select
    customers.customer_key,
    customers.total_revenue,
    deals.won_value,
    deals.deal_value,
    deals.deal_count
from customers
left join deals on customers.customer_key = deals.customer_key
where
    customers.total_revenue <> coalesce(deals.won_value, 0)
    or customers.num_closed_won + customers.num_closed_lost + customers.num_open_deals <> coalesce(deals.deal_count, 0)
    or abs(coalesce(customers.avg_deal_value, 0) * coalesce(deals.deal_count, 0) - coalesce(deals.deal_value, 0)) > 0.001
