with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

groups as (

    select * from {{ ref('int_lead_match_groups') }}

),

decisions as (

    select * from {{ ref('int_lead_match_decisions') }}

),

same_decisions as (

    select * from decisions
    where is_same and is_as_given

),

{{ connected_components('same_decisions') }},

-- What people decided to be one site is where its licence is, or else its first record.
anchored as (

    select
        components.lead_key,
        first_value(groups.group_key) over (
            partition by components.component_key
            order by case when leads.source_system = 'salesforce' then 1 else 0 end, components.lead_key
        ) as group_key
    from components
    inner join groups on components.lead_key = groups.lead_key
    inner join leads on components.lead_key = leads.lead_key

),

placed as (

    select
        groups.lead_key,
        coalesce(anchored.group_key, groups.group_key) as group_key
    from groups
    left join anchored on groups.lead_key = anchored.lead_key

),

-- Of two that people decided not to be one site and that still are in one, a Salesforce lead goes before a licence does.
parted as (

    select distinct
        case
            when right_lead.source_system <> 'salesforce' and left_lead.source_system = 'salesforce' then decisions.left_lead_key
            else decisions.right_lead_key
        end as lead_key
    from decisions
    inner join placed as left_place on decisions.left_lead_key = left_place.lead_key
    inner join placed as right_place on decisions.right_lead_key = right_place.lead_key
    inner join leads as left_lead on decisions.left_lead_key = left_lead.lead_key
    inner join leads as right_lead on decisions.right_lead_key = right_lead.lead_key
    where not decisions.is_same and decisions.is_as_given and left_place.group_key = right_place.group_key

),

final as (

    select
        placed.lead_key,
        case when parted.lead_key is not null then placed.lead_key else placed.group_key end as site_key
    from placed
    left join parted on placed.lead_key = parted.lead_key

)

select * from final
