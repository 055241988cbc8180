with

match_pairs as (

    select * from {{ ref('int_lead_match_pairs') }}

),

decisions as (

    select * from {{ ref('int_lead_match_decisions') }}

),

decided_groups as (

    select * from {{ ref('int_lead_match_decided_groups') }}

),

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

scored as (

    select
        left_lead_key,
        right_lead_key,
        'score' as match_rule
    from match_pairs
    where
        is_left_licensed and is_right_licensed
        and total_millibits >= 1000 * {{ var('match_min_facility_bits') }}
        and address_level in ('same', 'nearly same')
        and name_level in ('same', 'nearly same', 'within')
        and number_level <> 'different'

),

renewed as (

    select
        leads.lead_key as left_lead_key,
        renewals.lead_key as right_lead_key,
        'renewal' as match_rule
    from leads
    inner join leads as renewals
        on
            leads.source_system = renewals.source_system
            and leads.renewed_as_license_number = renewals.source_lead_id

),

-- What people decided to be one site may hold several licences, tied by a lead only.
decided_licences as (

    select
        decided_groups.lead_key,
        min(decided_groups.lead_key) over (partition by decided_groups.decided_group_key) as first_lead_key
    from decided_groups
    inner join leads on decided_groups.lead_key = leads.lead_key
    where leads.source_system <> 'salesforce'

),

decided as (

    select
        first_lead_key as left_lead_key,
        lead_key as right_lead_key,
        'override' as match_rule
    from decided_licences
    where first_lead_key <> lead_key

),

unioned as (

    select * from scored
    union all
    select * from renewed
    union all
    select * from decided

),

final as (

    select unioned.*
    from unioned
    left join decisions
        on
            unioned.left_lead_key = decisions.left_lead_key
            and unioned.right_lead_key = decisions.right_lead_key
            and not decisions.is_same
    where decisions.left_lead_key is null

)

select * from final
