with

duplicate_links as (

    select * from {{ ref('int_lead_match_duplicate_links') }}

),

-- Leads of no facility that are each other's duplicates.
loose_links as (

    select * from {{ ref('int_lead_match_loose_links') }}

),

{{ connected_components('loose_links') }},

-- Leads of no facility that are duplicates of a lead of one.
attachments as (

    select
        left_lead_key as lead_key,
        right_facility_group_key as facility_group_key,
        total_millibits
    from duplicate_links
    where left_facility_group_key is null and right_facility_group_key is not null

    union all

    select
        right_lead_key as lead_key,
        left_facility_group_key as facility_group_key,
        total_millibits
    from duplicate_links
    where right_facility_group_key is null and left_facility_group_key is not null

),

loose as (

    select lead_key from components
    union
    select lead_key from attachments

),

grouped as (

    select
        loose.lead_key,
        coalesce(components.component_key, loose.lead_key) as loose_group_key
    from loose
    left join components on loose.lead_key = components.lead_key

),

-- A group goes to one facility, the one that any of its leads is surest of: it never joins two.
ranked as (

    select
        grouped.loose_group_key,
        attachments.facility_group_key,
        row_number() over (
            partition by grouped.loose_group_key
            order by attachments.total_millibits desc, attachments.facility_group_key asc
        ) as facility_rank
    from attachments
    inner join grouped on attachments.lead_key = grouped.lead_key

),

final as (

    select
        grouped.lead_key,
        grouped.loose_group_key,
        ranked.facility_group_key
    from grouped
    left join ranked on grouped.loose_group_key = ranked.loose_group_key and ranked.facility_rank = 1

)

select * from final
