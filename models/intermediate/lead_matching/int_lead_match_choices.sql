with

match_pairs as (

    select * from {{ ref('int_lead_match_pairs') }}

),

decisions as (

    select * from {{ ref('int_lead_match_decisions') }}

),

facility_groups as (

    select * from {{ ref('int_lead_match_facility_groups') }}

),

-- A thousand million to one is certain enough; odds are whole thousandths, so that their sum is the same in any order.
weighed as (

    select
        case when is_left_licensed then right_lead_key else left_lead_key end as lead_key,
        case when is_left_licensed then left_lead_key else right_lead_key end as facility_lead_key,
        total_millibits,
        {{ odds('total_millibits') }} as odds
    from match_pairs
    where is_left_licensed <> is_right_licensed

),

possible as (

    select
        weighed.lead_key,
        weighed.facility_lead_key,
        facility_groups.facility_group_key,
        weighed.odds,
        row_number() over (
            partition by weighed.lead_key, facility_groups.facility_group_key
            order by
                weighed.total_millibits desc,
                case when facility_groups.is_listed then 0 else 1 end asc,
                weighed.facility_lead_key asc
        ) as facility_rank
    from weighed
    inner join facility_groups on weighed.facility_lead_key = facility_groups.lead_key
    left join decisions
        on weighed.lead_key = decisions.left_lead_key and weighed.facility_lead_key = decisions.right_lead_key
    where coalesce(decisions.is_same, true)

),

rivals as (

    select
        *,
        sum(odds) over (partition by lead_key) as all_odds,
        row_number() over (
            partition by lead_key order by odds desc, facility_group_key asc
        ) as choice_rank
    from possible
    where facility_rank = 1

),

final as (

    select
        lead_key,
        facility_lead_key,
        facility_group_key,
        {{ confidence('odds', '(all_odds + ' ~ (1000 * var('match_odds_of_no_facility')) | int ~ ')') }} as confidence
    from rivals
    where choice_rank = 1

)

select * from final
where confidence > {{ var('match_min_facility_confidence') }}
