{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['left_lead_key', 'right_lead_key'],
    post_hook="{{ forget_former_candidates() }}"
) }}

{% set attributes = {
    'name': 'name_sites',
    'number': none,
    'address': 'address_sites',
    'place': none,
    'phone': 'phone_sites',
    'email': 'email_sites',
    'domain': none,
    'person': none,
} -%}

with

comparisons as (

    select * from {{ ref('int_lead_match_comparisons') }}
    {%- if is_incremental() %}
    where batch > {{ newest_batch(this) }}
    {%- endif %}

),

weights as (

    select * from {{ ref('int_lead_match_weights') }}

),

prior as (

    select millibits from weights
    where attribute = 'prior'

),

weighed as (

    select
        comparisons.left_lead_key,
        comparisons.right_lead_key,
        comparisons.batch,
        comparisons.is_left_licensed,
        comparisons.is_right_licensed,
        {%- for attribute in attributes %}
        comparisons.{{ attribute }}_level,
        {%- endfor %}
        {%- for attribute, site_count in attributes.items() %}
        {{ attribute_millibits(attribute, 'comparisons.' ~ site_count if site_count) }}
        {%- if attribute == 'name' %}
        + coalesce(name.millibits_per_word_bit * least(comparisons.shared_name_bits, {{ var('match_most_word_bits') }}), 0)
        {%- endif %} as {{ attribute }}_millibits,
        {%- endfor %}
        prior.millibits as prior_millibits
    from comparisons
    cross join prior
    {%- for attribute in attributes %}
    left join weights as {{ attribute }}
        on {{ attribute }}.attribute = '{{ attribute }}' and {{ attribute }}.level = comparisons.{{ attribute }}_level
    {%- endfor %}

),

final as (

    select
        *,
        prior_millibits
        {%- for attribute in attributes %}
        + {{ attribute }}_millibits
        {%- endfor %} as total_millibits
    from weighed

)

select * from final
