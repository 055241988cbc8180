{{ config(materialized='view') }}


with

observations as (

    select * from {{ ref('int_customer_observations') }}

),

interactions as (

    select * from {{ ref('int_interactions') }}

),

final as (

    select
        observations.customer_key,
        observations.observed_at,
        count(*) as interaction_count,
        {%- for channel in ['call', 'email', 'whatsapp', 'meeting'] %}
        count(case when interactions.channel = '{{ channel }}' then 1 end) as {{ channel }}_count,
        {%- endfor %}
        count(case when interactions.outcome = 'positive' then 1 end) as positive_count,
        count(case when interactions.outcome = 'negative' then 1 end) as negative_count,
        count(
            case when interactions.interacted_at >= observations.observed_at - interval '90 days' then 1 end
        ) as recent_interaction_count,
        max(interactions.interacted_at) as last_interaction_at
    from observations
    inner join interactions
        on observations.customer_key = interactions.customer_key and observations.observed_at >= interactions.known_at
    group by observations.customer_key, observations.observed_at

)

select * from final
