{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='lead_key',
    schema='private',
    post_hook="delete from {{ this }} where lead_key not in (select lead_key from {{ ref('lead_match_features') }})"
) }}

{%- set compared = [
    'features.is_licensed',
    'features.compact_name',
    'features.compact_alternate_name',
    'features.name_numbers',
    "array_to_string(features.words, ' ')",
    "array_to_string(features.alternate_words, ' ')",
    'features.name_sites',
    'features.house_number',
    'features.street_name',
    'features.city',
    'features.state_code',
    'features.postal_code',
    'features.is_at_licence',
    'features.address_sites',
    'features.phone',
    'features.mobile_phone',
    'features.email',
    'features.domain',
    'features.second_domain',
    'features.person_name',
    'features.phone_sites',
    'features.mobile_phone_sites',
    'features.email_sites',
    'keys_of_leads.match_keys',
    'weights.all_weights',
    quoted(comparison_version()),
] -%}

with

features as (

    select * from {{ ref('lead_match_features') }}

),

narrow_keys as (

    select * from {{ ref('lead_match_narrow_keys') }}

),

keys_of_leads as (

    select
        lead_key,
        sum({{ row_hash(['match_key']) }}) as match_keys
    from narrow_keys
    group by lead_key

),

weights as (

    select
        string_agg(
            concat_ws(' ', attribute, level, bits, bits_per_doubling, most_doublings, bits_per_word_bit),
            '|' order by attribute, level
        ) as all_weights
    from {{ ref('match_weights') }}

),

states as (

    select
        features.lead_key,
        {{ dbt_utils.generate_surrogate_key(compared) }} as state_key
    from features
    cross join weights
    left join keys_of_leads on features.lead_key = keys_of_leads.lead_key

),

known as (

    {% if is_incremental() -%}
    select * from {{ this }}
    {%- else -%}
    select
        states.*,
        0 as batch
    from states
    where false
    {%- endif %}

),

newest as (

    select coalesce(max(batch), 0) as batch from known

),

final as (

    select
        states.lead_key,
        states.state_key,
        newest.batch + 1 as batch
    from states
    cross join newest
    left join known on states.lead_key = known.lead_key and states.state_key = known.state_key
    where known.lead_key is null

)

select * from final
