{{ config(materialized='view') }}

{%- set pairs = ['1_1', '1_2', '2_1', '2_2'] -%}

with

candidates as (

    select * from {{ ref('int_lead_match_candidates') }}

),

features as (

    select * from {{ ref('lead_match_features') }}

),

compared as (

    select
        candidates.left_lead_key,
        candidates.right_lead_key,
        candidates.batch,
        left_side.is_licensed as is_left_licensed,
        right_side.is_licensed as is_right_licensed,
        left_side.is_licensed <> right_side.is_licensed
        and not case when left_side.is_licensed then right_side.is_at_licence else left_side.is_at_licence end as may_have_moved,
        {{ compared_names('left_side', 'right_side') }},
        {{ number_level('left_side.name_numbers', 'right_side.name_numbers') }} as number_level,
        {{ address_level('left_side', 'right_side') }} as address_level,
        {{ place_level('left_side', 'right_side') }} as place_level,
        {{ phone_level('left_side', 'right_side') }} as phone_level,
        {{ email_level('left_side', 'right_side') }} as email_level,
        {{ domain_level('left_side', 'right_side') }} as domain_level,
        {{ person_level('left_side', 'right_side') }} as person_level,
        greatest(left_side.name_sites, right_side.name_sites) as name_sites,
        greatest(left_side.address_sites, right_side.address_sites) as address_sites,
        least(
            case when left_side.phone in (right_side.phone, right_side.mobile_phone) then left_side.phone_sites end,
            case when left_side.mobile_phone in (right_side.phone, right_side.mobile_phone) then left_side.mobile_phone_sites end
        ) as phone_sites,
        left_side.email_sites,
        greatest(left_side.domain_sites, right_side.domain_sites) as domain_sites
    from candidates
    inner join features as left_side on candidates.left_lead_key = left_side.lead_key
    inner join features as right_side on candidates.right_lead_key = right_side.lead_key

),

summed_up as (

    select
        *,
        greatest(
            {%- for pair in pairs %}
            likeness_{{ pair }},
            {%- endfor %}
            {%- for pair in pairs %}
            case
                when likeness_{{ pair }} is not null then {{ word_likeness('shared_bits_' ~ pair, 'all_bits_' ~ pair) }}
            end{{ ',' if not loop.last }}
            {%- endfor %}
        ) as name_likeness,
        {%- for pair in pairs %}
        (shared_bits_{{ pair }} > 0 and shared_bits_{{ pair }} >= least_bits_{{ pair }}){{ ' or' if not loop.last }}
        {%- endfor %} as is_name_within,
        greatest(
            {%- for pair in pairs %}
            shared_bits_{{ pair }},
            case
                when likeness_{{ pair }} >= 700 then {{ whole_part('least_bits_' ~ pair ~ ' * likeness_' ~ pair, 1000) }}
            end{{ ',' if not loop.last }}
            {%- endfor %}
        ) as shared_name_bits
    from compared

),

final as (

    select
        left_lead_key,
        right_lead_key,
        batch,
        is_left_licensed,
        is_right_licensed,
        {{ name_level('name_likeness', 'is_name_within') }} as name_level,
        number_level,
        {{ address_level_of_moved('may_have_moved', name_level('name_likeness', 'is_name_within')) }} as address_level,
        place_level,
        phone_level,
        email_level,
        domain_level,
        person_level,
        shared_name_bits,
        name_sites,
        address_sites,
        phone_sites,
        email_sites,
        domain_sites
    from summed_up

)

select * from final
