{% set parts = ['cases', 'engagement', 'revenue', 'satisfaction'] -%}

with

accounts as (

    select * from {{ ref('churn_risk') }}

),

weights as (

    {{ weights_by_part(ref('churn_risk_weights'), parts, type='double precision') }}

),

added as (

    select
        accounts.account_id,
        accounts.churn_risk,
        {{ weighted(parts) }} as risk_of_the_parts
    from accounts
    cross join weights

)

-- the risk is rounded to three decimals
select * from added
where coalesce(abs(churn_risk - risk_of_the_parts), 1) > 0.0005 + 1e-9
