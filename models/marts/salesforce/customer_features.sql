{{ config(indexes=postgres_indexes([{'columns': ['customer_key']}])) }}

with

customers as (

    select * from {{ ref('int_customers') }}

),

interactions as (

    select * from {{ ref('int_customer_interactions') }}

),

deals as (

    select * from {{ ref('int_customer_deal_totals') }}

),

scores as (

    select * from {{ ref('int_customer_scores') }}

),

probabilities as (

    select * from {{ ref('int_conversion_probabilities') }}
    where subject = 'customers'

),

final as (

    select
        -- ids
        customers.customer_key,
        customers.source_system,
        customers.customer_id,

        -- strings
        customers.customer_name,
        customers.industry,
        scores.lead_quality,
        coalesce(interactions.preferred_channel, 'email') as preferred_channel,

        -- numerics
        customers.employee_count,
        customers.annual_revenue,
        {%- for count in [
            'total_interactions', 'num_calls', 'num_emails', 'num_whatsapp',
            'num_positive_outcomes', 'num_negative_outcomes', 'num_neutral_outcomes',
        ] %}
        coalesce(interactions.{{ count }}, 0) as {{ count }},
        {%- endfor %}
        cast(scores.engagement_score as double precision) as engagement_score,
        cast(scores.total_revenue as numeric(38, 2)) as total_revenue,
        {%- for count in ['num_closed_won', 'num_closed_lost', 'num_open_deals'] %}
        coalesce(deals.{{ count }}, 0) as {{ count }},
        {%- endfor %}
        deals.conversion_rate,
        scores.win_rate,
        deals.avg_deal_value,
        cast(scores.lead_score as double precision) as lead_score,
        probabilities.probability as probability_to_convert,
        cast(scores.days_since_last_interaction as integer) as days_since_last_interaction,

        -- timestamps
        interactions.last_interaction_date
    from customers
    inner join scores on customers.customer_key = scores.customer_key
    left join interactions on customers.customer_key = interactions.customer_key
    left join deals on customers.customer_key = deals.customer_key
    left join probabilities on customers.customer_key = probabilities.record_id

)

select * from final
