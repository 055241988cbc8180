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

final as (

    select
        -- ids
        account_id,
        owner_id,

        -- strings
        account_name,
        industry,
        case
            when churn_risk >= 0.7 then 'High'
            when churn_risk >= 0.4 then 'Medium'
            else 'Low'
        end as risk_level,
        nullif(concat_ws(
            ', '
            {%- for part, factor in factors.items() %},
            case when {{ part }}_part > 0.6 then '{{ factor }}' end
            {%- endfor %}
        ), '') as risk_factors,

        -- numerics
        cast(churn_risk as double precision) as churn_risk,
        rank() over (order by churn_risk desc) as risk_rank,
        {%- for part in factors %}
        cast({{ part }}_part as double precision) as {{ part }}_part,
        {%- endfor %}
        case_count,
        urgent_case_count,
        cast(won_amount as numeric(38, 2)) as revenue_at_risk,
        annual_revenue
    from scored

)

select * from final
