with

deleted_deals as (

    select * from {{ ref('stg_pipedrive__deals') }}
    where is_deleted

),

changes as (

    select
        count(*) as row_count,
        sum(deal_changes.row_number_in_delivery) as row_number_sum
    from {{ ref('stg_pipedrive__deal_changes') }} as deal_changes
    left join deleted_deals on deal_changes.deal_id = deleted_deals.deal_id
    where
        deal_changes.deal_id is not null
        and deal_changes.changed_at is not null
        and deleted_deals.deal_id is null

),

events as (

    select
        count(*) as row_count,
        sum(row_number_in_delivery) as row_number_sum
    from {{ ref('int_deal_events') }}

)

select
    changes.row_count as changes,
    events.row_count as events
from changes
cross join events
where
    changes.row_count <> events.row_count
    or changes.row_number_sum <> events.row_number_sum
