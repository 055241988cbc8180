with

match_pairs as (

    select * from {{ ref('int_lead_match_pairs') }}

),

decisions as (

    select * from {{ ref('int_lead_match_decisions') }}

),

choices as (

    select * from {{ ref('int_lead_match_choices') }}

),

final as (

    select
        match_pairs.left_lead_key,
        match_pairs.right_lead_key,
        match_pairs.total_millibits,
        left_choice.facility_group_key as left_facility_group_key,
        right_choice.facility_group_key as right_facility_group_key,
        {{ pair_confidence('match_pairs') }} as confidence
    from match_pairs
    left join choices as left_choice on match_pairs.left_lead_key = left_choice.lead_key
    left join choices as right_choice on match_pairs.right_lead_key = right_choice.lead_key
    left join decisions
        on match_pairs.left_lead_key = decisions.left_lead_key and match_pairs.right_lead_key = decisions.right_lead_key
    where
        not match_pairs.is_left_licensed
        and not match_pairs.is_right_licensed
        -- at two places it may have moved, but rather it is a sister site
        and match_pairs.total_millibits >= 1000 * case
            when match_pairs.address_level in ('different', 'same street') then {{ var('match_min_moved_bits') }}
            else {{ var('match_min_duplicate_bits') }}
        end
        and coalesce(decisions.is_same, true)

)

select * from final
