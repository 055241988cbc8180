with

transitions as (

    select * from {{ ref('int_lead_status_transitions') }}

),

counted as (

    select
        from_status,
        to_status,
        count(*) as move_count
    from transitions
    group by from_status, to_status

),

final as (

    select
        from_status,
        to_status,
        move_count as count,
        cast(sum(move_count) over (partition by from_status) as bigint) as from_count,
        {{ safe_divide('move_count', 'sum(move_count) over (partition by from_status)') }} as probability
    from counted

)

select * from final
