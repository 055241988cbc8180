-- Do the probabilities of the last `leadhouse score` come true? Tenths of the leads, from the least likely to the most.
{%- set in_time = 'days_to_conversion between 0 and horizon_days' %}

with

probabilities as (

    select * from {{ ref('int_conversion_probabilities') }}
    where subject = 'leads'

),

outcomes as (

    select * from {{ ref('int_lead_outcomes') }}

),

followed as (

    select
        probabilities.*,
        ntile(10) over (order by probabilities.probability asc, {{ ordered_text('probabilities.record_id') }} asc) as tenth,
        {{ days_between('probabilities.observed_at', 'outcomes.converted_at') }} as days_to_conversion,
        {{ days_between('probabilities.observed_at', as_of()) }} as days_over
    from probabilities
    inner join outcomes on probabilities.record_id = outcomes.lead_id

),

-- Until the horizon is over, fewer than predicted must have been converted.
final as (

    select
        tenth,
        count(*) as leads,
        avg(probability) as mean_probability,
        {{ safe_divide('count(case when ' ~ in_time ~ ' then 1 end)', 'count(*)') }} as converted_share,
        avg(least({{ safe_divide('days_over', 'horizon_days') }}, 1)) as share_of_horizon_over
    from followed
    group by tenth

)

select * from final
order by tenth
