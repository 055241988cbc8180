-- Which accounts at risk are worth most, in what they bought and what is open with them, and how are they best reached?
with

accounts as (

    select * from {{ ref('churn_risk') }}
    where risk_level <> 'Low'

),

customers as (

    select * from {{ ref('customer_features') }}
    where source_system = 'salesforce'

),

open_opportunities as (

    select
        account_id,
        sum(amount) as open_amount,
        min(close_date) as next_close_date
    from {{ ref('int_opportunities') }}
    where is_open
    group by account_id

),

final as (

    select
        accounts.account_id,
        accounts.account_name,
        accounts.owner_id,
        accounts.risk_level,
        accounts.churn_risk,
        accounts.risk_factors,
        accounts.revenue_at_risk,
        coalesce(open_opportunities.open_amount, 0) as open_amount,
        open_opportunities.next_close_date,
        customers.last_interaction_date,
        case
            when customers.num_calls + customers.num_whatsapp + customers.num_emails > 0 then customers.preferred_channel
        end as preferred_channel
    from accounts
    left join customers on accounts.account_id = customers.customer_id
    left join open_opportunities on accounts.account_id = open_opportunities.account_id
    where accounts.revenue_at_risk > 0 or open_opportunities.open_amount > 0

)

select * from final
order by revenue_at_risk + open_amount desc, churn_risk desc, account_id asc
