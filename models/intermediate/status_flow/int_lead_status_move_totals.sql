with

transitions as (

    select * from {{ ref('int_lead_status_transitions') }}

),

final as (

    select
        from_status,
        to_status,
        count(*) as move_count,
        count(days_in_from_status) as timed_move_count,
        sum(days_in_from_status) as days_in_from_status
    from transitions
    group by from_status, to_status

)

select * from final
