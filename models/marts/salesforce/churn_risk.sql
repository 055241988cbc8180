{% set factors = {
    'cases': 'many or urgent cases',
    'engagement': 'no recent activity',
    'revenue': 'nothing won',
    'satisfaction': 'discontent in cases',
} -%}

{{ config(indexes=postgres_indexes([{'columns': ['account_id']}])) }}

with

accounts as (

    select * from {{ ref('int_churn_risk_parts') }}

),

weights as (

    {{ weights_by_part(ref('churn_risk_weights'), factors, type='numeric(9, 4)') }}

),

scored as (

    select
        accounts.*,
        {{ round_half_away(weighted(factors), 3) }} as churn_risk
    from accounts
    cross join weights

),

-- Of a thousand possible risks, not of each account.
ranks as (

    select
        churn_risk,
        cast(sum(count(*)) over (order by churn_risk desc) - count(*) + 1 as bigint) as risk_rank
    from scored
    group by churn_risk

),

final as (

    select
        -- ids
        scored.account_id,
        scored.owner_id,

        -- strings
        scored.account_name,
        scored.industry,
        case
            when scored.churn_risk >= 0.7 then 'High'
            when scored.churn_risk >= 0.4 then 'Medium'
            else 'Low'
        end as risk_level,
        nullif(concat_ws(
            ', '
            {%- for part, factor in factors.items() %},
            case when scored.{{ part }}_part > 0.6 then '{{ factor }}' end
            {%- endfor %}
        ), '') as risk_factors,

        -- numerics
        cast(scored.churn_risk as double precision) as churn_risk,
        ranks.risk_rank,
        {%- for part in factors %}
        cast(scored.{{ part }}_part as double precision) as {{ part }}_part,
        {%- endfor %}
        scored.case_count,
        scored.urgent_case_count,
        cast(scored.won_amount as numeric(38, 2)) as revenue_at_risk,
        scored.annual_revenue
    from scored
    left join ranks on scored.churn_risk = ranks.churn_risk

)

select * from final
