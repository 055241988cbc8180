with

fct_leads as (

    select * from {{ ref('fct_leads') }}

),

dim_lead as (

    select * from {{ ref('dim_lead') }}

),

fct_lead_matches as (

    select * from {{ ref('fct_lead_matches') }}

),

deleted as (

    select * from fct_leads
    where is_deleted

),

matching_or_surviving as (

    select left_lead_key as lead_key from fct_lead_matches
    union
    select right_lead_key as lead_key from fct_lead_matches
    union
    select duplicate_of_lead_key as lead_key from fct_leads
    union
    select survivor_lead_key as lead_key from dim_lead

)

select deleted.lead_key
from deleted
inner join dim_lead on deleted.site_key = dim_lead.site_key
left join matching_or_surviving on deleted.lead_key = matching_or_surviving.lead_key
where
    deleted.is_duplicate
    or deleted.is_net_new
    or dim_lead.record_count > 1
    or matching_or_surviving.lead_key is not null
