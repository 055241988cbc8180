with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

members as (

    select * from {{ ref('int_lead_match_members') }}

),

links as (

    select * from {{ ref('int_lead_match_links') }}

),

final as (

    select
        members.lead_key,
        members.via_lead_key,
        members.match_rule,
        links.confidence as match_confidence,
        links.explanation as match_explanation
    from members
    inner join leads on members.lead_key = leads.lead_key
    inner join leads as via_leads on members.via_lead_key = via_leads.lead_key
    inner join links
        on
            links.left_lead_key
            = case when {{ stands_left('leads', 'via_leads') }} then members.lead_key else members.via_lead_key end
            and links.right_lead_key
            = case when {{ stands_left('leads', 'via_leads') }} then members.via_lead_key else members.lead_key end
    where links.match_level = 'site'

)

select * from final
