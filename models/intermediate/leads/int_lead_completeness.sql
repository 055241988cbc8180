{%- set conditions = {
    'business_name': 'business_name is not null',
    'contact_name': 'contact_name_key is not null',
    'phone': 'phone_key is not null or mobile_phone_key is not null',
    'email': 'email_key is not null',
    'street': 'street is not null',
    'city': 'city is not null',
    'state': 'state_code is not null',
    'postal_code': 'postal_code is not null',
    'capacity': 'capacity is not null',
} -%}

with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

weights as (

    {{ weights_by_part(ref('completeness_weights'), conditions) }}

),

parts as (

    select
        {%- for part, condition in conditions.items() %}
        {{ condition }} as has_{{ part }},
        {%- endfor %}
        lead_key
    from leads

),

final as (

    select
        parts.*,
        {%- for part in conditions %}
        {{ '+ ' if not loop.first }}case when parts.has_{{ part }} then weights.{{ part }}_weight else 0 end
        {%- endfor %} as completeness_score
    from parts
    cross join weights

)

select * from final
