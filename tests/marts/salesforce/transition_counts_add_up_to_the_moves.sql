with

probabilities as (

    select * from {{ ref('lead_status_transition_probs') }}

),

moves as (

    select
        from_status,
        to_status,
        count(*) as move_count
    from {{ ref('int_lead_status_transitions') }}
    group by from_status, to_status

)

select
    coalesce(probabilities.from_status, moves.from_status) as from_status,
    coalesce(probabilities.to_status, moves.to_status) as to_status,
    probabilities.count,
    moves.move_count
from probabilities
full outer join moves on probabilities.from_status = moves.from_status and probabilities.to_status = moves.to_status
where probabilities.count is distinct from moves.move_count
