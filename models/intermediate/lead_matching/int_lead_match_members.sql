with

sites as (

    select * from {{ ref('int_lead_sites') }}

),

facility_links as (

    select * from {{ ref('int_lead_match_facility_links') }}

),

match_pairs as (

    select * from {{ ref('int_lead_match_pairs') }}

),

choices as (

    select * from {{ ref('int_lead_match_choices') }}

),

duplicate_links as (

    select * from {{ ref('int_lead_match_duplicate_links') }}

),

decisions as (

    select * from {{ ref('int_lead_match_decisions') }}

),

scored_facility_links as (

    select
        facility_links.left_lead_key,
        facility_links.right_lead_key,
        facility_links.match_rule,
        case
            when facility_links.match_rule <> 'score' then 1
            else {{ pair_confidence('match_pairs') }}
        end as confidence
    from facility_links
    left join match_pairs
        on
            facility_links.left_lead_key = match_pairs.left_lead_key
            and facility_links.right_lead_key = match_pairs.right_lead_key

),

ways as (

    select
        lead_key,
        facility_lead_key as via_lead_key,
        'score' as match_rule,
        confidence
    from choices

    {%- for links, rule in [('scored_facility_links', 'match_rule'), ('duplicate_links', "'score'")] %}
    {%- for here, there in [('left', 'right'), ('right', 'left')] %}

    union all

    select
        {{ here }}_lead_key as lead_key,
        {{ there }}_lead_key as via_lead_key,
        {{ rule }} as match_rule,
        confidence
    from {{ links }}
    {%- endfor %}
    {%- endfor %}

    union all

    select
        left_lead_key as lead_key,
        right_lead_key as via_lead_key,
        'override' as match_rule,
        1 as confidence
    from decisions
    where is_same

),

ranked as (

    select
        sites.lead_key,
        sites.site_key,
        ways.via_lead_key,
        ways.match_rule,
        ways.confidence,
        row_number() over (
            partition by sites.lead_key
            order by
                case when ways.match_rule = 'override' then 0 else 1 end asc,
                ways.confidence desc,
                ways.via_lead_key asc
        ) as way_rank
    from ways
    inner join sites on ways.lead_key = sites.lead_key
    inner join sites as via_sites on ways.via_lead_key = via_sites.lead_key and sites.site_key = via_sites.site_key

),

final as (

    select
        lead_key,
        site_key,
        via_lead_key,
        match_rule,
        cast(confidence as numeric(5, 4)) as confidence
    from ranked
    where way_rank = 1

)

select * from final
