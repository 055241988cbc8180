with

first_outcomes as (

    select
        count(case when status = 'won' then 1 end) as won_count,
        count(case when status = 'won' and owner_id is null then 1 end) as won_by_nobody
    from {{ ref('int_deal_status_changes') }}
    where occurrence = 1

),

losses as (

    select
        count(*) as lost_count,
        count(case when owner_id is null then 1 end) as lost_by_nobody
    from {{ ref('int_deal_losses') }}

),

months as (

    select
        coalesce(sum(deals_lost), 0) as deals_lost,
        coalesce(sum(deals_won), 0) as deals_won
    from {{ ref('rep_sales_rep_performance_monthly') }}

)

select
    losses.lost_count,
    losses.lost_by_nobody,
    months.deals_lost,
    first_outcomes.won_count,
    first_outcomes.won_by_nobody,
    months.deals_won
from losses
cross join first_outcomes
cross join months
where
    losses.lost_count <> losses.lost_by_nobody + months.deals_lost
    or first_outcomes.won_count <> first_outcomes.won_by_nobody + months.deals_won
