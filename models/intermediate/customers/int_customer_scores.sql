with

engagement as (

    select * from {{ ref('int_customer_engagement') }}

),

most as (

    select
        max(total_revenue) as revenue,
        max(total_interactions) as interactions
    from engagement

),

final as (

    select
        engagement.*,
        {{ round_half_away(
            '30 * coalesce(' ~ safe_divide('engagement.total_revenue', 'most.revenue') ~ ', 0)'
            ~ ' + 20 * coalesce(' ~ safe_divide('engagement.total_interactions', 'most.interactions') ~ ', 0)'
            ~ ' + 2.5 * cast(engagement.engagement_score as double precision)'
            ~ ' + 25 * coalesce(engagement.win_rate, 0)', 2
        ) }} as lead_score
    from engagement
    cross join most

)

select * from final
