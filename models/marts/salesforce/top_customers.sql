with

customers as (

    select * from {{ ref('customer_features') }}

),

ranked as (

    select
        customer_key,
        customer_id,
        customer_name,
        industry,
        lead_quality,
        total_revenue,
        num_closed_won,
        lead_score,
        row_number() over (
            order by total_revenue desc, {{ ordered_text('customer_name') }} asc, {{ ordered_text('customer_key') }} asc
        ) as revenue_rank
    from customers

)

select * from ranked
where revenue_rank <= 50
