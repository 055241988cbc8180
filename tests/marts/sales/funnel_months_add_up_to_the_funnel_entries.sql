with

entries as (

    select
        funnel_step,
        count(*) as entry_count
    from {{ ref('int_deal_funnel_entries') }}
    group by funnel_step

),

months as (

    select
        funnel_step,
        sum(deals_count) as deals_count
    from {{ ref('rep_sales_funnel_monthly') }}
    group by funnel_step

)

select
    coalesce(entries.funnel_step, months.funnel_step) as funnel_step,
    entries.entry_count,
    months.deals_count
from entries
full outer join months on entries.funnel_step = months.funnel_step
where coalesce(entries.entry_count, 0) <> coalesce(months.deals_count, 0)
