with

statuses as (

    select
        from_status,
        sum(probability) as probability,
        sum(count) as move_count,
        min(from_count) as least_from_count,
        max(from_count) as most_from_count
    from {{ ref('lead_status_transition_probs') }}
    group by from_status

)

select * from statuses
where
    abs(probability - 1) > 1e-9
    or move_count <> least_from_count
    or move_count <> most_from_count
