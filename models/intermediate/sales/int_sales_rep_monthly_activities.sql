with

activities as (

    select * from {{ ref('int_deal_activities') }}
    where sales_rep_id is not null and due_at is not null

),

final as (

    select
        {{ month_start('due_at') }} as month,
        sales_rep_id,
        count(case when is_completed then 1 end) as activities_completed,
        count(case when not is_completed then 1 end) as activities_planned,
        count(case when is_completed and funnel_step = '2.1' then 1 end) as sales_call_1_count,
        count(case when is_completed and funnel_step = '3.1' then 1 end) as sales_call_2_count
    from activities
    group by 1, 2

)

select * from final
