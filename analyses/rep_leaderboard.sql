-- Which sales reps complete the most calls and activities, over all months? Reps of equal standing share a place.
with

performance as (

    select * from {{ ref('rep_sales_rep_performance_monthly') }}

),

totals as (

    select
        sales_rep_id,
        sales_rep_label,
        count(*) as active_months,
        sum(deals_worked) as deal_months,
        sum(activities_completed) as activities_completed,
        sum(sales_call_1_count + sales_call_2_count) as sales_calls,
        sum(deals_won) as deals_won,
        sum(deals_lost) as deals_lost
    from performance
    group by sales_rep_id, sales_rep_label

),

final as (

    select
        rank() over (order by sales_calls desc, activities_completed desc) as place,
        sales_rep_label,
        active_months,
        sales_calls,
        activities_completed,
        {{ safe_divide('activities_completed', 'deal_months') }} as activities_per_deal_and_month,
        deals_won,
        deals_lost,
        {{ safe_divide('deals_won', 'deals_won + deals_lost') }} as win_rate
    from totals

)

select * from final
order by place, sales_rep_label
