{% set largest_first = 'total_revenue desc, ' ~ ordered_text('customer_name') ~ ', ' ~ ordered_text('customer_key') -%}

with

customers as (

    select * from {{ ref('customer_features') }}

),

largest as (

    select *
    from customers
    order by {{ largest_first }}
    limit 50

),

final as (

    select
        customer_key,
        customer_id,
        customer_name,
        industry,
        lead_quality,
        total_revenue,
        num_closed_won,
        lead_score,
        row_number() over (order by {{ largest_first }}) as revenue_rank
    from largest

)

select * from final
