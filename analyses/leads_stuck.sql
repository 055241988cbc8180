-- Which open leads have stood in their status longer than nine of ten did that moved on from it?
with

leads as (

    select * from {{ ref('stg_salesforce__leads') }}
    where not is_deleted and not is_converted

),

end_states as (

    select {{ fold('status') }} as status
    from {{ ref('lead_status_groups') }}
    where is_end_state

),

transitions as (

    select * from {{ ref('int_lead_status_transitions') }}

),

stays as (

    select
        {{ fold('from_status') }} as status,
        count(days_in_from_status) as known_stays,
        percentile_cont(0.9) within group (order by days_in_from_status) as usual_days
    from transitions
    group by {{ fold('from_status') }}

),

-- Since its last move, or since it was created; where a move in between is not known, nobody can tell.
standing as (

    select
        leads.lead_id,
        leads.owner_id,
        leads.company,
        leads.lead_status,
        case
            when transitions.lead_id is null then leads.created_at
            when {{ fold('transitions.to_status') }} = {{ fold('leads.lead_status') }} then transitions.changed_at
        end as standing_since
    from leads
    left join transitions on leads.lead_id = transitions.lead_id and transitions.is_newest
    where {{ fold('leads.lead_status') }} not in (select end_states.status from end_states)

),

final as (

    select
        standing.lead_id,
        standing.owner_id,
        standing.company,
        standing.lead_status,
        standing.standing_since,
        {{ days_between('standing.standing_since', as_of()) }} as days_in_status,
        stays.usual_days,
        stays.known_stays
    from standing
    inner join stays on {{ fold('standing.lead_status') }} = stays.status
    where {{ days_between('standing.standing_since', as_of()) }} > stays.usual_days

)

select * from final
order by days_in_status desc, lead_id asc
