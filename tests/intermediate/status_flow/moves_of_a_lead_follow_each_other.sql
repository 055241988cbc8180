with

transitions as (

    select * from {{ ref('int_lead_status_transitions') }}

),

paired as (

    select
        transitions.lead_id,
        transitions.move_number,
        transitions.changed_at,
        transitions.next_changed_at,
        transitions.is_newest,
        following.lead_id is null as has_no_next,
        following.changed_at as changed_at_of_the_next,
        following.entered_at as entered_at_of_the_next,
        following.from_status = transitions.to_status as is_known_between
    from transitions
    left join transitions as following
        on
            transitions.lead_id = following.lead_id
            and transitions.move_number + 1 = following.move_number

)

select * from paired
where
    is_newest <> has_no_next
    or next_changed_at is distinct from changed_at_of_the_next
    or next_changed_at < changed_at
    or is_known_between and entered_at_of_the_next is distinct from changed_at
