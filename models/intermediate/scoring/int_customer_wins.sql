{{ config(materialized='view') }}


with

observations as (

    select * from {{ ref('int_customer_observations') }}

),

wins as (

    select
        customer_key,
        cast(closed_date as timestamp) as closed_at
    from {{ ref('int_customer_deals') }}
    where outcome = 'won' and closed_date <= cast({{ as_of() }} as date)

),

final as (

    select
        observations.customer_key,
        observations.observed_at,
        min(wins.closed_at) as won_at
    from observations
    inner join wins on observations.customer_key = wins.customer_key and observations.observed_at <= wins.closed_at
    group by observations.customer_key, observations.observed_at

)

select * from final
