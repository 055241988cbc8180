{{ config(materialized='view') }}

with

history as (

    select * from {{ ref('int_lead_status_history') }}

),

versions as (

    select * from {{ ref('int_lead_status_versions') }}

),

leads as (

    select * from {{ ref('stg_salesforce__leads') }}

),

tracked as (

    select count(*) > 0 as is_tracked from history
    where to_status <> 'Converted'

),

-- Where the org keeps no history of the status, what was landed from time to time shows the moves.
{%- set columns = [
    'lead_id', 'move_number', 'from_status', 'to_status', 'previous_to_status', 'previous_changed_at', 'changed_at',
    'next_changed_at', 'is_newest'
] %}
moves as (

    select
        {{ columns | join(', ') }},
        'history' as known_from
    from history
    cross join tracked
    where history.is_move and tracked.is_tracked

    union all

    select
        {{ columns | join(', ') }},
        'versions' as known_from
    from versions
    cross join tracked
    where versions.is_move and not tracked.is_tracked

),

-- What the last move led to has been left since the last move, what the first move left since the lead was created; the status
-- of a lead of which only the conversion is told has not changed since.
entered as (

    select
        moves.lead_id,
        moves.move_number,
        coalesce(moves.from_status, leads.lead_status) as from_status,
        moves.to_status,
        case
            when moves.move_number = 1 then leads.created_at
            when moves.previous_to_status = moves.from_status then moves.previous_changed_at
        end as entered_at,
        moves.changed_at,
        moves.next_changed_at,
        moves.is_newest,
        moves.known_from
    from moves
    left join leads on moves.lead_id = leads.lead_id

),

final as (

    select
        lead_id,
        move_number,
        from_status,
        to_status,
        entered_at,
        changed_at,
        next_changed_at,
        case when entered_at <= changed_at then {{ days_between('entered_at', 'changed_at') }} end as days_in_from_status,
        is_newest,
        known_from
    from entered
    where from_status <> to_status

)

select * from final
