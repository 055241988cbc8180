with

deleted as (

    select * from {{ ref('int_leads_unioned') }}
    where is_deleted

),

organizations as (

    select * from {{ ref('int_lead_organizations') }}

),

pairs as (

    select * from {{ ref('int_lead_match_pairs') }}

)

select deleted.lead_key
from deleted
inner join organizations on deleted.lead_key = organizations.lead_key
inner join organizations as others
    on
        organizations.lead_key <> others.lead_key
        and (organizations.site_key = others.site_key or organizations.organization_key = others.organization_key)

union all

select deleted.lead_key
from deleted
inner join pairs on deleted.lead_key in (pairs.left_lead_key, pairs.right_lead_key)
