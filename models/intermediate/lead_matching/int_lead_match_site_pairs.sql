with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

sites as (

    select * from {{ ref('int_lead_sites') }}

),

members as (

    select * from {{ ref('int_lead_match_members') }}

),

-- Of a site with very many records, which is one to look at, only the links themselves are shown.
small_sites as (

    select site_key
    from sites
    group by site_key
    having count(*) between 2 and {{ var('match_most_records_per_site') }}

),

records as (

    select
        leads.lead_key,
        leads.source_system,
        leads.source_lead_id,
        sites.site_key,
        members.via_lead_key,
        coalesce(members.match_rule, 'score') as match_rule,
        -- what others hang on hangs on nothing itself
        coalesce(members.confidence, 1) as confidence,
        small_sites.site_key is not null as is_in_small_site,
        leads.source_system <> 'salesforce' or coalesce(via_leads.source_system <> 'salesforce', false) as is_tied_to_licence
    from leads
    inner join sites on leads.lead_key = sites.lead_key
    left join small_sites on sites.site_key = small_sites.site_key
    left join members on leads.lead_key = members.lead_key
    left join leads as via_leads on members.via_lead_key = via_leads.lead_key

),

final as (

    select
        left_record.lead_key as left_lead_key,
        right_record.lead_key as right_lead_key,
        left_record.site_key,
        coalesce(
            left_record.via_lead_key = right_record.lead_key or right_record.via_lead_key = left_record.lead_key, false
        ) as is_direct,
        case
            when left_record.via_lead_key = right_record.lead_key then left_record.match_rule
            when right_record.via_lead_key = left_record.lead_key then right_record.match_rule
            else 'same site'
        end as match_rule,
        left_record.is_tied_to_licence and right_record.is_tied_to_licence as is_through_licence,
        cast(round(
            case
                when left_record.via_lead_key = right_record.lead_key then left_record.confidence
                when right_record.via_lead_key = left_record.lead_key then right_record.confidence
                -- two records that resemble one licence are right about it or wrong together
                when
                    left_record.is_tied_to_licence and right_record.is_tied_to_licence
                    and left_record.match_rule = 'score' and right_record.match_rule = 'score'
                    then cast(sqrt(cast(left_record.confidence * right_record.confidence as double precision)) as numeric(9, 8))
                else left_record.confidence * right_record.confidence
            end, 4
        ) as numeric(5, 4)) as confidence
    from records as left_record
    inner join records as right_record
        on left_record.site_key = right_record.site_key and left_record.lead_key <> right_record.lead_key
    where
        {{ stands_left('left_record', 'right_record') }}
        and (
            left_record.is_in_small_site
            or left_record.via_lead_key = right_record.lead_key
            or right_record.via_lead_key = left_record.lead_key
        )

)

select * from final
