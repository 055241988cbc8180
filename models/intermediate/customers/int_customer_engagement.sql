{{ config(materialized='view') }}

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

final as (

    select
        customers.customer_key,
        coalesce(interactions.total_interactions, 0) as total_interactions,
        coalesce(deals.total_revenue, 0) as total_revenue,
        {{ safe_divide('deals.num_closed_won', 'deals.num_deals') }} as win_rate,
        {{ days_since('interactions.last_interaction_date') }} as days_since_last_interaction,
        case
            when interactions.total_interactions > 0
                then {{ round_half_away(
                    '5 * ' ~ safe_divide('interactions.num_positive_outcomes', 'interactions.total_interactions')
                    ~ ' + 2 * ' ~ safe_divide('interactions.num_calls', 'interactions.total_interactions')
                    ~ ' + 3 * (case when ' ~ days_since('interactions.last_interaction_date') ~ ' < 7 then 1 else 0.5 end)', 2
                ) }}
            else 0
        end as engagement_score
    from customers
    left join interactions on customers.customer_key = interactions.customer_key
    left join deals on customers.customer_key = deals.customer_key

)

select * from final
