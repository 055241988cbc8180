with

accounts as (

    select account_id from {{ ref('stg_salesforce__accounts') }}
    where not is_deleted

),

bought as (

    select
        accounts.account_id,
        coalesce(sum(case when opportunities.is_won then opportunities.amount end), 0) as won_amount
    from accounts
    left join {{ ref('int_opportunities') }} as opportunities on accounts.account_id = opportunities.account_id
    group by accounts.account_id

),

churn_risk as (

    select * from {{ ref('churn_risk') }}

)

select
    coalesce(bought.account_id, churn_risk.account_id) as account_id,
    bought.won_amount,
    churn_risk.revenue_at_risk
from bought
full outer join churn_risk on bought.account_id = churn_risk.account_id
where bought.won_amount is distinct from churn_risk.revenue_at_risk
