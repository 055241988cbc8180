with

activities as (

    select * from {{ ref('stg_pipedrive__activities') }}

),

deleted_deals as (

    select * from {{ ref('stg_pipedrive__deals') }}
    where is_deleted

),

activity_types as (

    select * from {{ ref('int_activity_types') }}

),

final as (

    select
        activities.row_number_in_delivery,
        activities.activity_id,
        -- the activity was real, its deal counts no more
        case when deleted_deals.deal_id is null then activities.deal_id end as deal_id,
        activities.sales_rep_id,
        activities.activity_type,
        case when activity_types.activity_type is null then 'unmapped' else activity_types.funnel_step end as funnel_step,
        -- what does not say that it was done was not
        coalesce(activities.is_done, false) as is_completed,
        activities.due_at
    from activities
    left join deleted_deals on activities.deal_id = deleted_deals.deal_id
    left join activity_types on activities.activity_type = activity_types.activity_type

)

select * from final
