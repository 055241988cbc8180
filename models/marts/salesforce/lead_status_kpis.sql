with

kpi_goals as (

    select * from {{ ref('kpi_goals') }}

),

probabilities as (

    select * from {{ ref('lead_status_transition_probs') }}

),

left_statuses as (

    select
        {{ fold('from_status') }} as from_status,
        cast(sum(count) as bigint) as move_count
    from probabilities
    group by {{ fold('from_status') }}

),

moves as (

    select
        {{ fold('from_status') }} as from_status,
        {{ fold('to_status') }} as to_status,
        cast(sum(count) as bigint) as move_count
    from probabilities
    group by {{ fold('from_status') }}, {{ fold('to_status') }}

),

measured as (

    select
        kpi_goals.*,
        case
            when left_statuses.move_count > 0
                then {{ safe_divide('coalesce(moves.move_count, 0)', 'left_statuses.move_count') }}
        end as value,
        coalesce(left_statuses.move_count, 0) as n
    from kpi_goals
    left join left_statuses on {{ fold('kpi_goals.from_status') }} = left_statuses.from_status
    left join moves
        on
            {{ fold('kpi_goals.from_status') }} = moves.from_status
            and {{ fold('kpi_goals.to_status') }} = moves.to_status

),

final as (

    select
        kpi,
        from_status,
        to_status,
        value,
        n,
        comparison,
        cast(goal as double precision) as goal,
        case comparison when 'at least' then value >= goal when 'below' then value < goal end as is_met
    from measured

)

select * from final
