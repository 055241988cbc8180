with

added as (

    select
        as_of_date,
        opportunity_count,
        health_score,
        25 * (coverage_part + distribution_part + win_rate_part + velocity_part) as score_of_the_parts
    from {{ ref('pipeline_health') }}

)

-- the score is rounded to one decimal, and there is none where there are no opportunities
select * from added
where
    opportunity_count = 0 and coalesce(health_score, score_of_the_parts) is not null
    or opportunity_count > 0 and coalesce(abs(health_score - score_of_the_parts), 1) > 0.05 + 1e-9
