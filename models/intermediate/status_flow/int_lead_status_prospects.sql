{% set ends = ['converted', 'unqualified', 'disqualified', 'closed_won', 'closed_lost'] -%}

with

lead_status_groups as (

    select
        is_end_state,
        {{ fold('status') }} as status
    from {{ ref('lead_status_groups') }}

),

chain as (

    select
        chain.from_status,
        chain.to_status,
        {{ fold('chain.to_status') }} as end_status,
        coalesce(lead_status_groups.is_end_state, false) as is_end_state,
        case when chain.chain = 'end' then chain.probability else 0 end as probability,
        case when chain.chain = 'end' then chain.visits else 0 end as visits,
        case when chain.chain = 'qualified' then chain.probability else 0 end as qualified_probability
    from {{ ref('int_lead_status_chain') }} as chain
    left join lead_status_groups on {{ fold('chain.to_status') }} = lead_status_groups.status

),

dwell as (

    select
        from_status as status,
        cast(sum(move_count) as bigint) as n,
        sum(days_in_from_status) / nullif(sum(timed_move_count), 0) as mean_days
    from {{ ref('int_lead_status_move_totals') }}
    group by from_status

),

-- What the chain that stops at ends says, but of `Qualified`, where the other one stops.
prospects as (

    select
        chain.from_status as status,
        {%- for end in ends %}
        sum(case when chain.end_status = '{{ end | replace('_', ' ') }}' then chain.probability else 0 end) as chance_{{ end }},
        {%- endfor %}
        sum(case when chain.end_status = 'qualified' then chain.qualified_probability else 0 end) as chance_to_visit_qualified,
        sum(case when chain.is_end_state then chain.probability else 0 end) as chance_of_an_end,
        sum(chain.visits) as expected_moves,
        sum(chain.visits * dwell.mean_days) as expected_days,
        count(case when chain.visits > 0 and dwell.mean_days is null then 1 end) as statuses_of_unknown_length
    from chain
    left join dwell on chain.to_status = dwell.status
    group by chain.from_status

),

final as (

    select
        prospects.*,
        coalesce(dwell.n, 0) as n,
        dwell.mean_days
    from prospects
    left join dwell on prospects.status = dwell.status

)

select * from final
