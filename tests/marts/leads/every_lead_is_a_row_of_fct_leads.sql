with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

fct_leads as (

    select * from {{ ref('fct_leads') }}

)

select
    leads.lead_key,
    fct_leads.lead_key as fct_lead_key
from leads
full outer join fct_leads on leads.lead_key = fct_leads.lead_key
where
    leads.lead_key is null
    or fct_leads.lead_key is null
    or leads.source_lead_id <> fct_leads.source_lead_id
    or leads.geography_key <> fct_leads.geography_key
