with

events as (

    select count(distinct deal_id) as deal_count from {{ ref('int_deal_events') }}

),

deals as (

    select count(*) as deal_count from {{ ref('int_deals') }}

)

select
    events.deal_count as deals_with_a_change,
    deals.deal_count as deals
from events
cross join deals
where events.deal_count <> deals.deal_count
