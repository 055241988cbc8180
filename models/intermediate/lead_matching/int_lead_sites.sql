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

decided_groups as (

    select * from {{ ref('int_lead_match_decided_groups') }}

),

-- What people decided to be one site is where its licence is, or else its first record.
anchored as (

    select
        decided_groups.lead_key,
        first_value(groups.group_key) over (
            partition by decided_groups.decided_group_key
            order by case when leads.source_system = 'salesforce' then 1 else 0 end, decided_groups.lead_key
        ) as group_key
    from decided_groups
    inner join groups on decided_groups.lead_key = groups.lead_key
    inner join leads on decided_groups.lead_key = leads.lead_key

),

-- What people decided to be one site goes together.
placed as (

    select
        groups.lead_key,
        coalesce(decided_groups.decided_group_key, groups.lead_key) as unit_key,
        coalesce(anchored.group_key, groups.group_key) as group_key
    from groups
    left join decided_groups on groups.lead_key = decided_groups.lead_key
    left join anchored on groups.lead_key = anchored.lead_key

),

-- Of two that people decided not to be one site and that still are in one, a Salesforce lead goes before a licence does.
parted as (

    select distinct
        case
            when right_lead.source_system <> 'salesforce' and left_lead.source_system = 'salesforce' then decisions.left_lead_key
            else decisions.right_lead_key
        end as lead_key,
        left_place.unit_key = right_place.unit_key as is_contradiction
    from decisions
    inner join placed as left_place on decisions.left_lead_key = left_place.lead_key
    inner join placed as right_place on decisions.right_lead_key = right_place.lead_key
    inner join leads as left_lead on decisions.left_lead_key = left_lead.lead_key
    inner join leads as right_lead on decisions.right_lead_key = right_lead.lead_key
    where not decisions.is_same and decisions.is_as_given and left_place.group_key = right_place.group_key

),

parted_units as (

    select distinct placed.unit_key
    from parted
    inner join placed on parted.lead_key = placed.lead_key
    where not parted.is_contradiction

),

regrouped as (

    select
        placed.lead_key,
        placed.group_key,
        coalesce(parted.lead_key, parted_units.unit_key) as part_key
    from placed
    left join parted on placed.lead_key = parted.lead_key and parted.is_contradiction
    left join parted_units on placed.unit_key = parted_units.unit_key

),

-- A group may be called after a record that is no longer in it.
final as (

    select
        regrouped.lead_key,
        first_value(regrouped.lead_key) over (
            partition by regrouped.group_key, regrouped.part_key
            order by case when leads.source_system = 'salesforce' then 1 else 0 end, regrouped.lead_key
        ) as site_key
    from regrouped
    inner join leads on regrouped.lead_key = leads.lead_key

)

select * from final
