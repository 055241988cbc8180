{{ config(materialized='view') }}


with

observations as (

    select * from {{ ref('int_lead_observations') }}

),

activities as (

    select * from {{ ref('int_lead_activities') }}

),

final as (

    select
        observations.lead_id,
        observations.observed_at,
        count(*) as activity_count,
        {%- for channel in ['call', 'email', 'whatsapp', 'meeting'] %}
        count(case when activities.channel = '{{ channel }}' then 1 end) as {{ channel }}_count,
        {%- endfor %}
        count(case when activities.outcome = 'positive' then 1 end) as positive_count,
        count(case when activities.outcome = 'negative' then 1 end) as negative_count,
        count(
            case when activities.interacted_at >= observations.observed_at - interval '30 days' then 1 end
        ) as recent_activity_count,
        count(
            case when activities.interacted_at < observations.created_at + interval '14 days' then 1 end
        ) as early_activity_count,
        max(activities.interacted_at) as last_activity_at
    from observations
    inner join activities
        on observations.lead_id = activities.lead_id and observations.observed_at >= activities.known_at
    group by observations.lead_id, observations.observed_at

)

select * from final
