-- Organisations are made of whole sites: the leads of a site never have two.
with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

sites as (

    select * from {{ ref('int_lead_sites') }}

),

organizations as (

    select * from {{ ref('int_lead_organizations') }}

),

torn_sites as (

    select site_key
    from organizations
    group by site_key
    having count(distinct organization_key) > 1

)

select
    leads.lead_key,
    sites.site_key,
    organizations.organization_key
from leads
full outer join sites on leads.lead_key = sites.lead_key
full outer join organizations on sites.lead_key = organizations.lead_key
left join torn_sites on organizations.site_key = torn_sites.site_key
where
    leads.lead_key is null
    or sites.site_key is null
    or organizations.organization_key is null
    or sites.site_key <> organizations.site_key
    or torn_sites.site_key is not null
