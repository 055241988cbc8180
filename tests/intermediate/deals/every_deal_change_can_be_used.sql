-- Changes without a deal or a time are no events; how many there are, without typing all changes once more.
{{ config(severity='warn', fail_calc='coalesce(sum(unusable_changes), 0)') }}

with

changes as (

    select count(*) as row_count from {{ ref('stg_pipedrive__deal_changes') }}

),

events as (

    select count(*) as row_count from {{ ref('int_deal_events') }}

)

select changes.row_count - events.row_count as unusable_changes
from changes
cross join events
where changes.row_count <> events.row_count
