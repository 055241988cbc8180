{{ config(materialized='view') }}

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

scored as (

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

),

final as (

    select
        *,
        case
            when lead_score >= 80 then 'hot'
            when lead_score >= 60 then 'warm'
            when lead_score >= 40 then 'cool'
            else 'cold'
        end as lead_quality
    from scored

)

select * from final
