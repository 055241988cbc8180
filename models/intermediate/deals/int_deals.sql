with

events as (

    select
        deal_id,
        min(changed_at) as first_changed_at,
        max(changed_at) as last_changed_at
    from {{ ref('int_deal_events') }}
    group by deal_id

),

additions as (

    select
        deal_id,
        min(coalesce({{ try_timestamp('new_value') }}, changed_at)) as added_at
    from {{ ref('int_deal_events') }}
    where changed_field_key = 'add_time'
    group by deal_id

),

current_stages as (

    select * from {{ ref('int_deal_stage_transitions') }}
    where next_entered_at is null

),

current_owners as (

    select * from {{ ref('int_deal_owner_periods') }}
    where owned_until is null

),

current_statuses as (

    select * from {{ ref('int_deal_status_changes') }}
    where changed_again_at is null

),

final as (

    select
        events.deal_id,
        current_owners.owner_id,
        current_stages.stage_id,
        current_stages.funnel_step,
        coalesce(current_statuses.status, 'open') as status,
        coalesce(additions.added_at, events.first_changed_at) as created_at,
        case when current_statuses.status <> 'open' then current_statuses.changed_at end as closed_at,
        events.last_changed_at
    from events
    left join additions on events.deal_id = additions.deal_id
    left join current_stages on events.deal_id = current_stages.deal_id
    left join current_owners on events.deal_id = current_owners.deal_id
    left join current_statuses on events.deal_id = current_statuses.deal_id

)

select * from final
