with

fct_leads as (

    select * from {{ ref('fct_leads') }}

),

survivors as (

    select * from fct_leads
    where not is_duplicate and not is_deleted

)

select fct_leads.lead_key
from fct_leads
left join survivors
    on
        fct_leads.duplicate_of_lead_key = survivors.lead_key
        and fct_leads.site_key = survivors.site_key
where
    (
        fct_leads.is_duplicate
        and (
            survivors.lead_key is null
            or fct_leads.match_rule is null
            or fct_leads.match_confidence is null
            or coalesce(fct_leads.match_explanation, '') = ''
        )
    )
    or (not fct_leads.is_duplicate and fct_leads.duplicate_of_lead_key is not null)
