{% set ends = ['converted', 'unqualified', 'disqualified', 'closed_won', 'closed_lost'] -%}

with

chain as (

    select
        *,
        {{ fold('to_status') }} as end_status
    from {{ ref('int_lead_status_chain') }}

),

transitions as (

    select * from {{ ref('int_lead_status_transitions') }}

),

lead_status_groups as (

    select
        *,
        {{ fold('status') }} as folded_status
    from {{ ref('lead_status_groups') }}

),

dwell as (

    select
        from_status as status,
        count(*) as n,
        avg(days_in_from_status) as mean_days
    from transitions
    group by from_status

),

ends as (

    select
        chain.from_status as status,
        {%- for end in ends %}
        sum(case when chain.end_status = '{{ end | replace('_', ' ') }}' then chain.probability else 0 end) as chance_{{ end }},
        {%- endfor %}
        sum(case when lead_status_groups.is_end_state then chain.probability else 0 end) as chance_of_an_end,
        sum(chain.visits) as expected_moves,
        sum(chain.visits * dwell.mean_days) as expected_days,
        sum(case when chain.visits > 0 and dwell.mean_days is null then 1 else 0 end) as statuses_of_unknown_length
    from chain
    left join lead_status_groups on chain.end_status = lead_status_groups.folded_status
    left join dwell on chain.to_status = dwell.status
    where chain.chain = 'end'
    group by chain.from_status

),

visitors as (

    select
        from_status as status,
        sum(case when end_status = 'qualified' then probability else 0 end) as chance_to_visit_qualified
    from chain
    where chain = 'qualified'
    group by from_status

),

-- Who may go round for ever, or stay at a status that nobody has left, has no number of moves until an end.
final as (

    select
        ends.status,
        coalesce(lead_status_groups.status_group, 'other') as status_group,
        coalesce(lead_status_groups.is_end_state, false) as is_end_state,
        cast(lead_status_groups.pipeline_order as bigint) as pipeline_order,
        coalesce(dwell.n, 0) as n,
        dwell.mean_days,
        {{ chance('visitors.chance_to_visit_qualified') }} as chance_to_visit_qualified,
        {%- for end in ends %}
        {{ chance('ends.chance_' ~ end) }} as chance_{{ end }},
        {%- endfor %}
        {{ chance('1 - ends.chance_of_an_end') }} as chance_of_no_end,
        case when ends.chance_of_an_end > 0.999999 then {{ chance('ends.expected_moves') }} end as expected_moves,
        case
            when ends.chance_of_an_end > 0.999999 and ends.statuses_of_unknown_length = 0
                then {{ chance('coalesce(ends.expected_days, 0)') }}
        end as expected_days
    from ends
    inner join visitors on ends.status = visitors.status
    left join lead_status_groups on {{ fold('ends.status') }} = lead_status_groups.folded_status
    left join dwell on ends.status = dwell.status

)

select * from final
