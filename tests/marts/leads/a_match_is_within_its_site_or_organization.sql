with

fct_leads as (

    select * from {{ ref('fct_leads') }}

),

fct_lead_matches as (

    select * from {{ ref('fct_lead_matches') }}

)

select
    fct_lead_matches.left_lead_key,
    fct_lead_matches.right_lead_key
from fct_lead_matches
inner join fct_leads as left_leads on fct_lead_matches.left_lead_key = left_leads.lead_key
inner join fct_leads as right_leads on fct_lead_matches.right_lead_key = right_leads.lead_key
where
    (left_leads.site_key = right_leads.site_key) <> (fct_lead_matches.match_level = 'site')
    or left_leads.organization_key <> right_leads.organization_key
    or (right_leads.source_system = 'salesforce' and left_leads.source_system <> 'salesforce')
    or left_leads.lead_key = right_leads.lead_key
