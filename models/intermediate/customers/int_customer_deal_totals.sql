with

deals as (

    select * from {{ ref('int_customer_deals') }}

),

final as (

    select
        customer_key,
        count(*) as num_deals,
        count(case when outcome = 'won' then 1 end) as num_closed_won,
        count(case when outcome = 'lost' then 1 end) as num_closed_lost,
        count(case when outcome = 'open' then 1 end) as num_open_deals,
        sum(case when outcome = 'won' then deal_value else 0 end) as total_revenue,
        sum(deal_value) as total_deal_value
    from deals
    group by customer_key

)

select * from final
