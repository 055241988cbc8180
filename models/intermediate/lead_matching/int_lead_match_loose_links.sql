with

duplicate_links as (

    select * from {{ ref('int_lead_match_duplicate_links') }}
    where left_facility_group_key is null and right_facility_group_key is null

),

addresses as (

    select
        lead_key,
        house_number is not null and street_name is not null as has_address
    from {{ ref('int_lead_match_addresses') }}

),

placed as (

    select
        duplicate_links.left_lead_key,
        duplicate_links.right_lead_key,
        duplicate_links.total_millibits,
        case
            when left_address.has_address then duplicate_links.right_lead_key
            else duplicate_links.left_lead_key
        end as unplaced_lead_key,
        left_address.has_address <> right_address.has_address as is_to_a_place,
        not left_address.has_address and not right_address.has_address as is_without_place
    from duplicate_links
    inner join addresses as left_address on duplicate_links.left_lead_key = left_address.lead_key
    inner join addresses as right_address on duplicate_links.right_lead_key = right_address.lead_key

),

-- A lead without address may resemble leads at several places: it goes with the one that it resembles most.
ranked as (

    select
        *,
        row_number() over (
            partition by unplaced_lead_key, is_to_a_place
            order by total_millibits desc, left_lead_key asc, right_lead_key asc
        ) as place_rank
    from placed

),

going as (

    select unplaced_lead_key from ranked
    where is_to_a_place and place_rank = 1

),

final as (

    select
        ranked.left_lead_key,
        ranked.right_lead_key
    from ranked
    left join going as left_going on ranked.left_lead_key = left_going.unplaced_lead_key
    left join going as right_going on ranked.right_lead_key = right_going.unplaced_lead_key
    where
        case
            when ranked.is_to_a_place then ranked.place_rank = 1
            -- two that go somewhere would join two places
            when ranked.is_without_place then left_going.unplaced_lead_key is null or right_going.unplaced_lead_key is null
            else true
        end

)

select * from final
