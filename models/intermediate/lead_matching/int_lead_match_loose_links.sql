with

duplicate_links as (

    select * from {{ ref('int_lead_match_duplicate_links') }}
    where left_facility_group_key is null and right_facility_group_key is null

),

places as (

    select lead_key from {{ ref('int_lead_match_addresses') }}
    where house_number is not null and street_name is not null

),

placed as (

    select
        duplicate_links.left_lead_key,
        duplicate_links.right_lead_key,
        duplicate_links.total_millibits,
        left_place.lead_key is not null as is_left_placed,
        right_place.lead_key is not null as is_right_placed
    from duplicate_links
    left join places as left_place on duplicate_links.left_lead_key = left_place.lead_key
    left join places as right_place on duplicate_links.right_lead_key = right_place.lead_key

),

-- A lead without address may resemble leads at several places: it goes with the one that it resembles most.
links_to_places as (

    {{ best_links_to_places('placed') }}

),

-- One that goes nowhere may resemble several that do: it follows the one that it resembles most.
going_or_not as (

    select
        placed.left_lead_key,
        placed.right_lead_key,
        placed.total_millibits,
        left_going.unplaced_lead_key is not null as is_left_placed,
        right_going.unplaced_lead_key is not null as is_right_placed
    from placed
    left join links_to_places as left_going on placed.left_lead_key = left_going.unplaced_lead_key
    left join links_to_places as right_going on placed.right_lead_key = right_going.unplaced_lead_key
    where not placed.is_left_placed and not placed.is_right_placed

),

links_to_those_going as (

    {{ best_links_to_places('going_or_not') }}

),

final as (

    select left_lead_key, right_lead_key from placed
    where is_left_placed and is_right_placed

    union all

    select left_lead_key, right_lead_key from links_to_places

    union all

    select left_lead_key, right_lead_key from links_to_those_going

    union all

    -- neither goes anywhere, not even behind another one: together they join no two places
    select
        going_or_not.left_lead_key,
        going_or_not.right_lead_key
    from going_or_not
    left join links_to_those_going as left_following on going_or_not.left_lead_key = left_following.unplaced_lead_key
    left join links_to_those_going as right_following on going_or_not.right_lead_key = right_following.unplaced_lead_key
    where
        not going_or_not.is_left_placed
        and not going_or_not.is_right_placed
        and left_following.unplaced_lead_key is null
        and right_following.unplaced_lead_key is null

)

select * from final
