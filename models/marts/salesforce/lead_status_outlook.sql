{% set ends = ['converted', 'unqualified', 'disqualified', 'closed_won', 'closed_lost'] -%}

with

prospects as (

    select * from {{ ref('int_lead_status_prospects') }}

),

lead_status_groups as (

    select
        *,
        {{ fold('status') }} as folded_status
    from {{ ref('lead_status_groups') }}

),

-- Who may go round for ever, or stay at a status that nobody has left, has no number of moves until an end.
final as (

    select
        prospects.status,
        coalesce(lead_status_groups.status_group, 'other') as status_group,
        coalesce(lead_status_groups.is_end_state, false) as is_end_state,
        cast(lead_status_groups.pipeline_order as bigint) as pipeline_order,
        prospects.n,
        {{ chance('prospects.mean_days') }} as mean_days,
        {{ chance('prospects.chance_to_visit_qualified') }} as chance_to_visit_qualified,
        {%- for end in ends %}
        {{ chance('prospects.chance_' ~ end) }} as chance_{{ end }},
        {%- endfor %}
        {{ chance('1 - prospects.chance_of_an_end') }} as chance_of_no_end,
        case when prospects.chance_of_an_end > 0.999999 then {{ chance('prospects.expected_moves') }} end as expected_moves,
        case
            when prospects.chance_of_an_end > 0.999999 and prospects.statuses_of_unknown_length = 0
                then {{ chance('coalesce(prospects.expected_days, 0)') }}
        end as expected_days
    from prospects
    left join lead_status_groups on {{ fold('prospects.status') }} = lead_status_groups.folded_status

)

select * from final
