{{ config(materialized='view') }}

with

cases as (

    select * from {{ ref('stg_salesforce__cases') }}
    where not is_deleted and account_id is not null

),

final as (

    select
        account_id,
        count(*) as case_count,
        count(case when {{ fold('priority') }} in ('high', 'critical') then 1 end) as urgent_case_count,
        avg(cast(customer_satisfaction as double precision)) as mean_satisfaction
    from cases
    group by account_id

)

select * from final
