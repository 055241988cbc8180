with

completeness as (

    select * from {{ ref('int_lead_completeness') }}

),

completeness_weights as (

    select * from {{ ref('completeness_weights') }}

),

known as (

    {%- for part in ['business_name', 'contact_name', 'phone', 'email', 'street', 'city', 'state', 'postal_code', 'capacity'] %}
    select
        lead_key,
        '{{ part }}' as part
    from completeness
    where has_{{ part }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

recomputed as (

    select
        known.lead_key,
        sum(completeness_weights.weight) as score
    from known
    inner join completeness_weights on known.part = completeness_weights.part
    group by known.lead_key

)

select completeness.lead_key
from completeness
left join recomputed on completeness.lead_key = recomputed.lead_key
where completeness.completeness_score <> coalesce(recomputed.score, 0)
