with

move_totals as (

    select * from {{ ref('int_lead_status_move_totals') }}

),

final as (

    select
        from_status,
        to_status,
        move_count as count,
        cast(sum(move_count) over (partition by from_status) as bigint) as from_count,
        {{ safe_divide('move_count', 'sum(move_count) over (partition by from_status)') }} as probability
    from move_totals

)

select * from final
