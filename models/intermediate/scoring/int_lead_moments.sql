{{ config(materialized='view') }}

with

leads as (

    select * from {{ ref('int_lead_outcomes') }}

),

moments as (

    select * from {{ ref('int_score_moments') }}

),

-- Before the first of them nobody knows which status a lead had.
watched as (

    select
        coalesce(min(case when known_from = 'history' then changed_at end), min(landed_at)) as watched_from,
        count(case when known_from = 'history' then 1 end) > 0 as is_tracked
    from (
        select
            known_from,
            changed_at,
            cast(null as timestamp) as landed_at
        from {{ ref('int_lead_status_transitions') }}
        union all
        select
            'versions' as known_from,
            cast(null as timestamp) as changed_at,
            known_at as landed_at
        from {{ ref('int_lead_known_versions') }}
    ) as told

),

final as (

    select
        leads.lead_id,
        leads.created_at,
        leads.converted_at,
        leads.open_status,
        moments.observed_at,
        moments.is_now,
        watched.is_tracked
    from leads
    inner join moments
        on
            leads.created_at <= moments.observed_at
            and (leads.converted_at is null or leads.converted_at > moments.observed_at)
    cross join watched
    where moments.is_now or (leads.is_example and moments.observed_at >= watched.watched_from)

)

select * from final
