-- the deals that each rep worked on in a month are at least those in whose log the rep stands as owner
with

owned as (

    select
        {{ month_start('owned_from') }} as month,
        owner_id as sales_rep_id,
        count(distinct deal_id) as deal_count
    from {{ ref('int_deal_owner_periods') }}
    where owner_id is not null
    group by 1, 2

)

select
    owned.month,
    owned.sales_rep_id,
    owned.deal_count,
    months.deals_worked
from owned
left join {{ ref('rep_sales_rep_performance_monthly') }} as months
    on owned.month = months.month and owned.sales_rep_id = months.sales_rep_id
where months.deals_worked is null or months.deals_worked < owned.deal_count
