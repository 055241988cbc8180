with

members as (

    select * from {{ ref('int_lead_match_members') }}

),

links as (

    select * from {{ ref('int_lead_match_links') }}
    where match_level = 'site'

),

ways as (

    select
        left_lead_key as lead_key,
        right_lead_key as via_lead_key,
        match_rule,
        confidence,
        explanation
    from links

    union all

    select
        right_lead_key as lead_key,
        left_lead_key as via_lead_key,
        match_rule,
        confidence,
        explanation
    from links

),

-- Where others hang on a record, and it on none, it is there by the strongest of their links.
ranked as (

    select
        ways.*,
        row_number() over (
            partition by ways.lead_key
            order by
                case when members.lead_key is null then 1 else 0 end,
                case when ways.match_rule = 'same site' then 1 else 0 end,
                ways.confidence desc,
                ways.via_lead_key asc
        ) as way_rank
    from ways
    left join members
        on
            ways.lead_key = members.lead_key
            and ways.via_lead_key = members.via_lead_key

),

final as (

    select
        lead_key,
        via_lead_key,
        match_rule,
        confidence as match_confidence,
        explanation as match_explanation
    from ranked
    where way_rank = 1

)

select * from final
