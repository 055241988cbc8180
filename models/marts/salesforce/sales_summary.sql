with

deals as (

    select * from {{ ref('int_customer_deals') }}

),

interactions as (

    select
        interaction_date as summary_date,
        interaction_count,
        customer_count,
        positive_count
    from {{ ref('int_interaction_days') }}

),

created as (

    select
        created_date as summary_date,
        count(*) as deals_created,
        sum(deal_value) as value_created
    from deals
    where created_date is not null
    group by 1

),

closed as (

    select
        closed_date as summary_date,
        count(case when outcome = 'won' then 1 end) as deals_won,
        count(case when outcome = 'lost' then 1 end) as deals_lost,
        sum(case when outcome = 'won' then deal_value else 0 end) as revenue
    from deals
    where closed_date is not null
    group by 1

),

days as (

    select summary_date from interactions
    union
    select summary_date from created
    union
    select summary_date from closed

),

final as (

    select
        days.summary_date,
        coalesce(interactions.interaction_count, 0) as interaction_count,
        coalesce(interactions.customer_count, 0) as customer_count,
        coalesce(interactions.positive_count, 0) as positive_count,
        coalesce(created.deals_created, 0) as deals_created,
        cast(coalesce(created.value_created, 0) as numeric(38, 2)) as value_created,
        coalesce(closed.deals_won, 0) as deals_won,
        coalesce(closed.deals_lost, 0) as deals_lost,
        cast(coalesce(closed.revenue, 0) as numeric(38, 2)) as revenue
    from days
    left join interactions on days.summary_date = interactions.summary_date
    left join created on days.summary_date = created.summary_date
    left join closed on days.summary_date = closed.summary_date

)

select * from final
