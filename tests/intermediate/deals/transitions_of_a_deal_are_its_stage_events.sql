with

events as (

    select
        deal_id,
        count(*) as row_count
    from {{ ref('int_deal_events') }}
    where changed_field_key = 'stage_id'
    group by deal_id

),

transitions as (

    select
        deal_id,
        count(*) as row_count
    from {{ ref('int_deal_stage_transitions') }}
    group by deal_id

)

select
    coalesce(events.deal_id, transitions.deal_id) as deal_id,
    events.row_count as stage_events,
    transitions.row_count as transitions
from events
full outer join transitions on events.deal_id = transitions.deal_id
where coalesce(events.row_count, 0) <> coalesce(transitions.row_count, 0)
