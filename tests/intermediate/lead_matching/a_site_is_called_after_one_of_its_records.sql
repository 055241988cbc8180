with

sites as (

    select * from {{ ref('int_lead_sites') }}

)

select sites.lead_key
from sites
left join sites as namesakes on sites.site_key = namesakes.lead_key
where namesakes.site_key is distinct from sites.site_key
