with

scores as (

    select
        'lead_score_weights' as seed,
        sum(cast(weight as numeric(9, 4))) as total
    from {{ ref('lead_score_weights') }}

    union all

    select
        'churn_risk_weights' as seed,
        sum(cast(weight as numeric(9, 4))) as total
    from {{ ref('churn_risk_weights') }}

)

select * from scores
where total is null or total <> 1
