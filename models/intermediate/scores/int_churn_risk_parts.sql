{{ config(materialized='view') }}

with

accounts as (

    select * from {{ ref('stg_salesforce__accounts') }}
    where not is_deleted

),

cases as (

    select * from {{ ref('int_account_cases') }}

),

revenue as (

    select
        customer_id as account_id,
        total_revenue as won_amount
    from {{ ref('int_customer_deal_totals') }}
    where source_system = 'salesforce'

),

all_cases as (

    select * from {{ ref('stg_salesforce__cases') }}
    where not is_deleted

),

-- What the whole org has at all: without cases or won deals nobody stands out by lacking them.
org as (

    select
        (select count(*) from all_cases) > 0 as has_cases,
        count(*) > 0 as has_opportunities,
        count(case when is_won and amount > 0 then 1 end) > 0 as has_won
    from {{ ref('int_opportunities') }}

),

final as (

    select
        accounts.account_id,
        accounts.account_name,
        accounts.industry,
        accounts.owner_id,
        accounts.annual_revenue,
        coalesce(revenue.won_amount, 0) as won_amount,
        coalesce(cases.case_count, 0) as case_count,
        coalesce(cases.urgent_case_count, 0) as urgent_case_count,
        0.5 * {{ share_of('cases.case_count', 10) }} + 0.5 * {{ share_of('cases.urgent_case_count', 3) }} as cases_part,
        case
            when accounts.last_activity_date is null then 1.0
            else {{ share_of(days_since('accounts.last_activity_date'), 90) }}
        end as engagement_part,
        case
            when not org.has_opportunities then 0.5
            when not org.has_won then 0.6
            when coalesce(revenue.won_amount, 0) > 0 then 0.2
            else 1.0
        end as revenue_part,
        case
            when not org.has_cases then 0.3
            else 1 - {{ share_of('coalesce(cases.mean_satisfaction, 3) - 1', 4) }}
        end as satisfaction_part
    from accounts
    cross join org
    left join cases on accounts.account_id = cases.account_id
    left join revenue on accounts.account_id = revenue.account_id

)

select * from final
