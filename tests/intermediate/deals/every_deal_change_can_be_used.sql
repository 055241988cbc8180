-- Changes without a deal or a time are no events; how many there are, without typing all changes once more.
{{ config(severity='warn', fail_calc='coalesce(sum(unusable_changes), 0)') }}

with

changes as (

    select count(*) as row_count from {{ ref('stg_pipedrive__deal_changes') }}

),

changes_of_deleted_deals as (

    select count(*) as row_count
    from {{ ref('stg_pipedrive__deal_changes') }} as deal_changes
    inner join {{ ref('stg_pipedrive__deals') }} as deals on deal_changes.deal_id = deals.deal_id
    where deals.is_deleted and deal_changes.changed_at is not null

),

events as (

    select count(*) as row_count from {{ ref('int_deal_events') }}

)

select changes.row_count - changes_of_deleted_deals.row_count - events.row_count as unusable_changes
from changes
cross join changes_of_deleted_deals
cross join events
where changes.row_count - changes_of_deleted_deals.row_count <> events.row_count
