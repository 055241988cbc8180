with

probabilities as (

    select * from {{ ref('lead_status_transition_probs') }}

),

lead_status_groups as (

    select * from {{ ref('lead_status_groups') }}

),

statuses as (

    select from_status as status from probabilities
    union
    select to_status as status from probabilities

),

-- Two chains: one that stops at an end, and one that stops at `Qualified` as well, to see who ever gets there.
stops as (

    select
        chains.chain,
        statuses.status,
        coalesce(lead_status_groups.is_end_state, false)
        or (chains.chain = 'qualified' and {{ fold('statuses.status') }} = 'qualified') as is_stop
    from statuses
    cross join (values ('end'), ('qualified')) as chains (chain)
    left join lead_status_groups on {{ fold('statuses.status') }} = {{ fold('lead_status_groups.status') }}

),

moves as (

    select
        stops.chain,
        probabilities.from_status,
        probabilities.to_status,
        probabilities.probability
    from probabilities
    inner join stops on probabilities.from_status = stops.status
    where not stops.is_stop

),

-- Nobody has left it: the chain stays there, be it an end or not.
all_statuses as (

    select
        stops.chain,
        stops.status,
        not stops.is_stop and stops.status in (select left_statuses.from_status from probabilities as left_statuses) as is_left
    from stops

),

{{ matrix_powers('moves', 'all_statuses') }},

final as (

    select
        all_statuses.chain,
        all_statuses.status as from_status,
        other.status as to_status,
        coalesce(powers.probability, 0) as probability,
        coalesce(visits.visits, 0) as visits
    from all_statuses
    inner join all_statuses as other on all_statuses.chain = other.chain
    left join powers
        on
            all_statuses.chain = powers.chain
            and all_statuses.status = powers.from_status
            and other.status = powers.to_status
    left join visits
        on
            all_statuses.chain = visits.chain
            and all_statuses.status = visits.from_status
            and other.status = visits.to_status

)

select * from final
