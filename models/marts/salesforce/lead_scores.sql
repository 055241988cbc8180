{% set parts = ['size', 'engagement', 'industry', 'budget', 'recency', 'email'] -%}

{{ config(indexes=postgres_indexes([{'columns': ['lead_id']}, {'columns': ['score_rank']}])) }}

with

leads as (

    select * from {{ ref('int_lead_score_parts') }}

),

weights as (

    {{ weights_by_part(ref('lead_score_weights'), parts, type='numeric(9, 4)') }}

),

probabilities as (

    select * from {{ ref('int_conversion_probabilities') }}
    where subject = 'leads'

),

scored as (

    select
        leads.*,
        {{ round_half_away('100 * (' ~ weighted(parts) ~ ')', 1) }} as lead_score,
        {{ part_to_raise(parts) }} as part_to_raise
    from leads
    cross join weights

),

-- Of a thousand possible scores, not of each lead.
ranks as (

    select
        lead_score,
        cast(sum(count(*)) over (order by lead_score desc) - count(*) + 1 as bigint) as score_rank
    from scored
    group by lead_score

),

final as (

    select
        -- ids
        scored.lead_id,
        scored.owner_id,

        -- strings
        scored.company,
        scored.lead_status,
        scored.industry,
        case
            when scored.lead_score <= 30 then 'Low'
            when scored.lead_score <= 60 then 'Medium'
            when scored.lead_score <= 80 then 'High'
            else 'Critical'
        end as priority,
        scored.part_to_raise,

        -- numerics
        cast(scored.lead_score as double precision) as lead_score,
        ranks.score_rank,
        {%- for part in parts %}
        cast(scored.{{ part }}_part as double precision) as {{ part }}_part,
        {%- endfor %}
        case when not scored.is_converted then probabilities.probability end as conversion_probability,

        -- booleans
        scored.is_converted
    from scored
    left join ranks on scored.lead_score = ranks.lead_score
    left join probabilities on scored.lead_id = probabilities.record_id

)

select * from final
