{{ config(indexes=postgres_indexes([
    {'columns': ['month', 'sales_rep_id']},
    {'columns': ['sales_rep_id']},
])) }}

with

activities as (

    select * from {{ ref('int_sales_rep_monthly_activities') }}

),

deals as (

    select * from {{ ref('int_sales_rep_monthly_deals') }}

),

outcomes as (

    select * from {{ ref('int_sales_rep_monthly_outcomes') }}

),

sales_reps as (

    select * from {{ ref('dim_sales_rep') }}

),

-- every outcome is an event while somebody owned the deal, so its month is among those of the deals
rep_months as (

    select month, sales_rep_id from activities
    union
    select month, sales_rep_id from deals

),

counted as (

    select
        rep_months.month,
        rep_months.sales_rep_id,
        coalesce(deals.deals_worked, 0) as deals_worked,
        coalesce(activities.activities_completed, 0) as activities_completed,
        coalesce(activities.activities_planned, 0) as activities_planned,
        coalesce(activities.sales_call_1_count, 0) as sales_call_1_count,
        coalesce(activities.sales_call_2_count, 0) as sales_call_2_count,
        coalesce(outcomes.deals_lost, 0) as deals_lost,
        coalesce(outcomes.deals_won, 0) as deals_won
    from rep_months
    left join deals on rep_months.month = deals.month and rep_months.sales_rep_id = deals.sales_rep_id
    left join activities on rep_months.month = activities.month and rep_months.sales_rep_id = activities.sales_rep_id
    left join outcomes on rep_months.month = outcomes.month and rep_months.sales_rep_id = outcomes.sales_rep_id

),

final as (

    select
        counted.month,
        counted.sales_rep_id,
        sales_reps.sales_rep_name,
        sales_reps.sales_rep_label,
        counted.deals_worked,
        counted.activities_completed,
        counted.activities_planned,
        counted.sales_call_1_count,
        counted.sales_call_2_count,
        counted.activities_completed - counted.sales_call_1_count - counted.sales_call_2_count as other_activities_count,
        counted.deals_lost,
        counted.deals_won,
        {{ safe_divide('counted.activities_completed', 'counted.deals_worked') }} as avg_effort_per_deal
    from counted
    left join sales_reps on counted.sales_rep_id = sales_reps.sales_rep_id

)

select * from final
