{{ config(materialized='view') }}


with

observations as (

    select * from {{ ref('int_customer_observations') }}

),

deals as (

    select * from {{ ref('int_customer_deal_counts') }}

),

interactions as (

    select * from {{ ref('int_customer_activity_counts') }}

),

wins as (

    select * from {{ ref('int_customer_wins') }}

),

final as (

    select
        -- ids
        observations.customer_key,

        -- strings
        observations.source_system,

        -- numerics
        {{ days_between('observations.created_at', 'observations.observed_at') }} as customer_age_days,
        {%- for count in ['deal_count', 'won_deal_count', 'lost_deal_count', 'open_deal_count'] %}
        coalesce(deals.{{ count }}, 0) as {{ count }},
        {%- endfor %}
        cast(coalesce(deals.won_amount, 0) as double precision) as won_amount,
        deals.furthest_stage,
        {{ days_between('deals.last_deal_at', 'observations.observed_at') }} as days_since_deal,
        {{ days_between('deals.last_win_at', 'observations.observed_at') }} as days_since_win,
        {{ days_between('deals.oldest_open_deal_at', 'observations.observed_at') }} as oldest_open_deal_days,
        {%- for count in ['interaction', 'call', 'email', 'whatsapp', 'meeting', 'positive', 'negative', 'recent_interaction'] %}
        coalesce(interactions.{{ count }}_count, 0) as {{ count }}_count,
        {%- endfor %}
        {{ days_between('interactions.last_interaction_at', 'observations.observed_at') }} as days_since_interaction,
        {{ days_between('observations.observed_at', as_of()) }} as days_followed,
        {{ days_between('observations.observed_at', 'wins.won_at') }} as days_to_outcome,

        -- booleans
        observations.is_now,

        -- timestamps
        observations.observed_at
    from observations
    left join deals on observations.customer_key = deals.customer_key and observations.observed_at = deals.observed_at
    left join interactions
        on observations.customer_key = interactions.customer_key and observations.observed_at = interactions.observed_at
    left join wins on observations.customer_key = wins.customer_key and observations.observed_at = wins.observed_at

)

select * from final
