with

changes as (

    select
        count(*) as row_count,
        sum(row_number_in_delivery) as row_number_sum
    from {{ ref('stg_pipedrive__deal_changes') }}
    where deal_id is not null and changed_at is not null

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
