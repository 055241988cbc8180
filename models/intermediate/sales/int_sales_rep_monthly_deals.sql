with

worked as (

    select
        {{ month_start('changed_at') }} as month,
        owner_id as sales_rep_id,
        deal_id
    from {{ ref('int_deal_events') }}
    where owner_id is not null
    union
    select
        {{ month_start('due_at') }} as month,
        sales_rep_id,
        deal_id
    from {{ ref('int_deal_activities') }}
    where sales_rep_id is not null and due_at is not null and deal_id is not null

),

final as (

    select
        month,
        sales_rep_id,
        count(*) as deals_worked
    from worked
    group by 1, 2

)

select * from final
