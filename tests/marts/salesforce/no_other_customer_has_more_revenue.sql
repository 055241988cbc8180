with

customers as (

    select * from {{ ref('customer_features') }}

),

top_customers as (

    select * from {{ ref('top_customers') }}

),

listed as (

    select
        count(*) as listed_count,
        min(total_revenue) as least_revenue,
        max(revenue_rank) as last_rank
    from top_customers

),

others as (

    select
        count(*) as customer_count,
        max(case when top_customers.customer_key is null then customers.total_revenue end) as most_revenue
    from customers
    left join top_customers on customers.customer_key = top_customers.customer_key

)

select
    listed.listed_count,
    others.customer_count,
    listed.least_revenue,
    others.most_revenue
from listed
cross join others
where
    listed.listed_count <> least(others.customer_count, 50)
    or listed.last_rank <> listed.listed_count
    or listed.least_revenue < others.most_revenue
