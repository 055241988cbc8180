{% set most_leads -%}
case
    when min(rule) in ('city and word', 'two words') then {{ var('match_most_leads_per_weak_key') }}
    else {{ var('match_most_leads_per_key') }}
end
{%- endset %}

{{ config(materialized='table', schema='private') }}

with

match_keys as (

    select * from {{ ref('lead_match_keys') }}

),

features as (

    select * from {{ ref('lead_match_features') }}

),

-- A key that many share tells nobody apart; what it would have paired is counted in int_lead_match_cut_keys.
counted as (

    select
        match_key,
        count(*) <= {{ most_leads | indent(8) }} as is_narrow,
        min(rule) in ('phone', 'mobile phone', 'e-mail', 'house') as is_contact
    from match_keys
    group by match_key
    having count(*) > 1

),

-- But copies of one record, however many, are each paired with the first of them.
copies as (

    select
        match_keys.match_key,
        match_keys.lead_key,
        min(match_keys.lead_key) over (
            partition by match_keys.match_key, features.compact_name, features.house_number
        ) as first_lead_key
    from match_keys
    inner join counted on match_keys.match_key = counted.match_key
    inner join features on match_keys.lead_key = features.lead_key
    where not counted.is_narrow and counted.is_contact and features.compact_name is not null

),

final as (

    select
        match_keys.match_key,
        match_keys.lead_key
    from match_keys
    inner join counted on match_keys.match_key = counted.match_key
    where counted.is_narrow

    union all

    select
        match_key || ' of ' || lead_key as match_key,
        lead_key
    from copies
    where lead_key <> first_lead_key

    union all

    select
        match_key || ' of ' || lead_key as match_key,
        first_lead_key as lead_key
    from copies
    where lead_key <> first_lead_key

)

select * from final
