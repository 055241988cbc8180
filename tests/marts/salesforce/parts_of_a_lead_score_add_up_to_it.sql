{% set parts = ['size', 'engagement', 'industry', 'budget', 'recency', 'email'] -%}

with

scores as (

    select * from {{ ref('lead_scores') }}

),

weights as (

    {{ weights_by_part(ref('lead_score_weights'), parts, type='double precision') }}

),

added as (

    select
        scores.lead_id,
        scores.lead_score,
        100 * ({{ weighted(parts) }}) as score_of_the_parts
    from scores
    cross join weights

)

-- the score is rounded to one decimal
select * from added
where coalesce(abs(lead_score - score_of_the_parts), 1) > 0.05 + 1e-9
