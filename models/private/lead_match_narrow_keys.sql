{{ config(materialized='table', schema='private') }}

with

match_keys as (

    select * from {{ ref('lead_match_keys') }}

),

-- A key that many share tells nobody apart; what it would have paired is counted in int_lead_match_cut_keys.
narrow as (

    select match_key
    from match_keys
    group by match_key
    having
        count(*) between 2 and case
            when min(rule) in ('city and word', 'two words') then {{ var('match_most_leads_per_weak_key') }}
            else {{ var('match_most_leads_per_key') }}
        end

),

final as (

    select
        match_keys.match_key,
        match_keys.lead_key
    from match_keys
    inner join narrow on match_keys.match_key = narrow.match_key

)

select * from final
