with

activities as (

    select
        sales_rep_id,
        count(*) as activity_count,
        count(case when is_completed then 1 end) as completed_count
    from {{ ref('int_deal_activities') }}
    where sales_rep_id is not null and due_at is not null
    group by sales_rep_id

),

months as (

    select
        sales_rep_id,
        sum(activities_completed + activities_planned) as activity_count,
        sum(activities_completed) as completed_count
    from {{ ref('rep_sales_rep_performance_monthly') }}
    group by sales_rep_id

)

select
    coalesce(activities.sales_rep_id, months.sales_rep_id) as sales_rep_id,
    activities.activity_count as activities,
    months.activity_count as activities_of_the_months
from activities
full outer join months on activities.sales_rep_id = months.sales_rep_id
where
    coalesce(activities.activity_count, 0) <> coalesce(months.activity_count, 0)
    or coalesce(activities.completed_count, 0) <> coalesce(months.completed_count, 0)
