{{ config(materialized='view') }}


with

observations as (

    select * from {{ ref('int_lead_observations') }}

),

versions as (

    select * from {{ ref('int_lead_known_versions') }}

),

activities as (

    select * from {{ ref('int_lead_activity_counts') }}

),

end_states as (

    select {{ fold('status') }} as status
    from {{ ref('lead_status_groups') }}
    where is_end_state

),

final as (

    select
        -- ids
        observations.lead_id,

        -- strings
        observations.lead_status,
        versions.lead_source,
        versions.industry,
        versions.country,
        versions.state,

        -- numerics
        {{ days_between('observations.created_at', 'observations.observed_at') }} as lead_age_days,
        observations.move_count,
        {{ days_between('observations.status_since', 'observations.observed_at') }} as days_in_status,
        {%- for field in ['employee_count', 'annual_revenue', 'capacity', 'current_enrollment'] %}
        cast(versions.{{ field }} as double precision) as {{ field }},
        {%- endfor %}
        {%- for counter in ['website_visits', 'content_downloads', 'email_opens'] %}
        case
            when versions.known_at <= observations.observed_at then cast(versions.{{ counter }} as double precision)
        end as {{ counter }},
        {%- endfor %}
        {%- for count in ['activity', 'call', 'email', 'whatsapp', 'meeting', 'positive', 'negative',
            'recent_activity', 'early_activity'] %}
        coalesce(activities.{{ count }}_count, 0) as {{ count }}_count,
        {%- endfor %}
        {{ days_between('activities.last_activity_at', 'observations.observed_at') }} as days_since_activity,
        {{ days_between('observations.observed_at', as_of()) }} as days_followed,
        case
            when observations.converted_at <= {{ as_of() }}
                then {{ days_between('observations.observed_at', 'observations.converted_at') }}
        end as days_to_outcome,

        -- booleans
        observations.is_now,

        -- timestamps
        observations.observed_at
    from observations
    left join versions
        on
            observations.lead_id = versions.lead_id
            and observations.observed_at >= versions.taken_from
            and (versions.known_until is null or observations.observed_at < versions.known_until)
    left join activities
        on observations.lead_id = activities.lead_id and observations.observed_at = activities.observed_at
    left join end_states on {{ fold('observations.lead_status') }} = end_states.status
    where end_states.status is null

)

select * from final
