{% set parts = {
    'lead_scores': ['size', 'engagement', 'industry', 'budget', 'recency', 'email'],
    'churn_risk': ['cases', 'engagement', 'revenue', 'satisfaction'],
    'pipeline_health': ['coverage', 'distribution', 'win_rate', 'velocity'],
} -%}

with

outside as (

    {%- for mart, names in parts.items() %}
    {%- for part in names %}
    select
        '{{ mart }}' as mart,
        '{{ part }}' as part,
        {{ part }}_part as value
    from {{ ref(mart) }}
    where {{ part }}_part not between 0 and 1
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from outside
