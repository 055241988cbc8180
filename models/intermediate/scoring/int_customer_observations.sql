{{ config(materialized='view') }}


with

customers as (

    select * from {{ ref('int_customers') }}
    where created_at is not null

),

moments as (

    select * from {{ ref('int_score_moments') }}

),

drawn as (

    select
        customer_key,
        source_system,
        created_at,
        row_number() over (order by {{ sha256_hex('customer_key') }}, customer_key) as draw
    from customers

),

-- Before a system's first deal nobody could win one.
first_deals as (

    select
        source_system,
        cast(min(created_date) as timestamp) as first_deal_at
    from {{ ref('int_customer_deals') }}
    group by source_system

),

final as (

    select
        drawn.customer_key,
        drawn.source_system,
        drawn.created_at,
        moments.observed_at,
        moments.is_now
    from drawn
    inner join first_deals on drawn.source_system = first_deals.source_system
    inner join moments on drawn.created_at <= moments.observed_at
    where
        moments.is_now
        or (drawn.draw <= {{ var('score_most_records') | int }} and moments.observed_at >= first_deals.first_deal_at)

)

select * from final
