with

match_keys as (

    select * from {{ ref('lead_match_keys') }}

),

-- A key that many share tells nobody apart; what it would have paired is counted in int_lead_match_cut_keys.
narrow_keys as (

    select match_key
    from match_keys
    group by match_key
    having count(*) between 2 and {{ var('match_most_leads_per_key') }}

),

narrow as (

    select
        match_keys.match_key,
        match_keys.lead_key
    from match_keys
    inner join narrow_keys on match_keys.match_key = narrow_keys.match_key

),

final as (

    select distinct
        left_side.lead_key as left_lead_key,
        right_side.lead_key as right_lead_key
    from narrow as left_side
    inner join narrow as right_side
        on left_side.match_key = right_side.match_key and left_side.lead_key < right_side.lead_key

)

select * from final
