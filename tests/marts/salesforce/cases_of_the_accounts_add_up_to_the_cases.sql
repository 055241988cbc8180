with

churn_risk as (

    select coalesce(sum(case_count), 0) as case_count
    from {{ ref('churn_risk') }}

),

cases as (

    select count(*) as case_count
    from {{ ref('stg_salesforce__cases') }} as cases
    inner join {{ ref('stg_salesforce__accounts') }} as accounts on cases.account_id = accounts.account_id
    where not cases.is_deleted and not accounts.is_deleted

)

select
    cases.case_count,
    churn_risk.case_count as case_count_of_the_accounts
from cases
cross join churn_risk
where cases.case_count <> churn_risk.case_count
