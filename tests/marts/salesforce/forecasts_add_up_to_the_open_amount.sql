with

health as (

    select
        as_of_date,
        open_amount,
        pipeline_amount + best_case_amount + most_likely_amount + commit_amount + omitted_amount + closed_amount
        + other_amount as forecast_amount
    from {{ ref('pipeline_health') }}

),

opportunities as (

    select coalesce(sum(case when is_open then amount end), 0) as open_amount
    from {{ ref('int_opportunities') }}

)

-- what was open on an earlier day only its own row tells
select
    health.as_of_date,
    health.open_amount,
    health.forecast_amount,
    opportunities.open_amount as open_amount_of_the_opportunities
from health
cross join opportunities
where
    health.open_amount <> health.forecast_amount
    or health.as_of_date = cast({{ as_of() }} as date) and health.open_amount <> opportunities.open_amount
