with

deals as (

    select * from {{ ref('int_customer_deals') }}

),

totals as (

    select
        source_system,
        customer_id,
        count(*) as num_deals,
        count(case when outcome = 'won' then 1 end) as num_closed_won,
        count(case when outcome = 'lost' then 1 end) as num_closed_lost,
        count(case when outcome = 'open' then 1 end) as num_open_deals,
        sum(case when outcome = 'won' then deal_value else 0 end) as total_revenue,
        sum(deal_value) as total_deal_value
    from deals
    group by source_system, customer_id

),

final as (

    select
        {{ dbt_utils.generate_surrogate_key(['source_system', 'customer_id']) }} as customer_key,
        *,
        {{ safe_divide('num_closed_won', '(num_closed_won + num_closed_lost)') }} as conversion_rate,
        {{ safe_divide('total_deal_value', 'num_deals') }} as avg_deal_value
    from totals

)

select * from final
