{% set names_of_keys = {'mobile phone': 'phone', 'second domain': 'domain', 'alternate name': 'name'} -%}

{{ config(materialized='table', schema='private') }}

with

features as (

    select * from {{ ref('lead_match_features') }}

),

name_words as (

    select distinct
        lead_key,
        word
    from {{ ref('int_lead_match_name_words') }}

),

word_bits as (

    select * from {{ ref('int_lead_match_word_bits') }}

),

-- A word that stands in one name only leads nowhere.
ranked_words as (

    select
        features.lead_key,
        features.city,
        features.state_code,
        features.postal_code,
        name_words.word,
        row_number() over (
            partition by features.lead_key order by word_bits.bits desc, {{ ordered_text('name_words.word') }}
        ) as word_rank
    from name_words
    inner join word_bits on name_words.word = word_bits.word
    inner join features on name_words.lead_key = features.lead_key
    where word_bits.name_count > 1

),

rare_words as (

    select * from ranked_words
    where word_rank <= 3

),

final as (

    {%- for rule, key in {
        'phone': 'phone',
        'mobile phone': 'mobile_phone',
        'e-mail': 'email',
        'domain': 'domain',
        'second domain': 'nullif(second_domain, domain)',
        'house': "house_number || ' ' || street_name",
        'name': "compact_name || ' ' || coalesce(state_code, '')",
        'alternate name': "compact_alternate_name || ' ' || coalesce(state_code, '')",
    }.items() %}
    select
        '{{ rule }}' as rule,
        '{{ names_of_keys.get(rule, rule) }} ' || {{ key }} as match_key,
        lead_key
    from features
    where {{ key }} is not null

    union all
    {%- endfor %}

    select
        'postal code and word' as rule,
        'postal code ' || postal_code || ' ' || word as match_key,
        lead_key
    from rare_words
    where postal_code is not null

    union all

    select
        'city and word' as rule,
        'city ' || city || ' ' || word as match_key,
        lead_key
    from rare_words
    where city is not null and word_rank <= 2

    union all

    select
        'two words' as rule,
        'words ' || first_word.word || ' ' || second_word.word || ' ' || coalesce(first_word.state_code, '') as match_key,
        first_word.lead_key
    from rare_words as first_word
    inner join rare_words as second_word
        on first_word.lead_key = second_word.lead_key and first_word.word_rank < second_word.word_rank

)

select * from final
