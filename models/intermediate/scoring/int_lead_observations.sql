{{ config(materialized='view') }}

with

moments as (

    select * from {{ ref('int_lead_moments') }}

),

moves as (

    select * from {{ ref('int_lead_status_transitions') }}

),

versions as (

    select * from {{ ref('int_lead_known_versions') }}

),

past_moves as (

    select
        moments.lead_id,
        moments.observed_at,
        max(moves.move_number) as move_count
    from moments
    inner join moves on moments.lead_id = moves.lead_id and moments.observed_at >= moves.changed_at
    group by moments.lead_id, moments.observed_at

),

-- Where the status is tracked, its moves tell it for any moment; else only what was landed by then does.
final as (

    select
        moments.lead_id,
        moments.observed_at,
        moments.is_now,
        moments.created_at,
        moments.converted_at,
        coalesce(past_moves.move_count, 0) as move_count,
        coalesce(last_move.changed_at, moments.created_at) as status_since,
        coalesce(
            last_move.to_status,
            case
                when moments.is_tracked then coalesce(next_move.from_status, moments.open_status)
                else versions.lead_status
            end
        ) as lead_status
    from moments
    left join past_moves
        on moments.lead_id = past_moves.lead_id and moments.observed_at = past_moves.observed_at
    left join moves as last_move
        on past_moves.lead_id = last_move.lead_id and past_moves.move_count = last_move.move_number
    left join moves as next_move
        on moments.lead_id = next_move.lead_id and coalesce(past_moves.move_count, 0) + 1 = next_move.move_number
    left join versions
        on
            moments.lead_id = versions.lead_id
            and moments.observed_at >= versions.known_at
            and (versions.known_until is null or moments.observed_at < versions.known_until)

)

select * from final
