with

match_overrides as (

    select * from {{ ref('match_overrides') }}

),

leads as (

    select * from {{ ref('int_leads_unioned') }}
    where not is_deleted

),

-- Of two decisions about two leads the newest counts.
decided as (

    select
        left_lead.lead_key as left_lead_key,
        right_lead.lead_key as right_lead_key,
        {{ fold('match_overrides.decision') }} = 'same' as is_same,
        row_number() over (
            partition by least(left_lead.lead_key, right_lead.lead_key), greatest(left_lead.lead_key, right_lead.lead_key)
            order by match_overrides.decided_on desc, {{ fold('match_overrides.decision') }} asc
        ) as decision_rank
    from match_overrides
    inner join leads as left_lead
        on
            {{ fold('match_overrides.left_source_system') }} = left_lead.source_system
            and trim(match_overrides.left_source_lead_id) = left_lead.source_lead_id
    inner join leads as right_lead
        on
            {{ fold('match_overrides.right_source_system') }} = right_lead.source_system
            and trim(match_overrides.right_source_lead_id) = right_lead.source_lead_id
    where left_lead.lead_key <> right_lead.lead_key

),

-- Both ways round, as either may be looked for.
final as (

    select
        left_lead_key,
        right_lead_key,
        is_same,
        true as is_as_given
    from decided
    where decision_rank = 1

    union all

    select
        right_lead_key as left_lead_key,
        left_lead_key as right_lead_key,
        is_same,
        false as is_as_given
    from decided
    where decision_rank = 1

)

select * from final
