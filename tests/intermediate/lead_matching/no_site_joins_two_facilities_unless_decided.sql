with

sites as (

    select * from {{ ref('int_lead_sites') }}

),

facility_groups as (

    select * from {{ ref('int_lead_match_facility_groups') }}

),

decisions as (

    select * from {{ ref('int_lead_match_decisions') }}
    where is_same

),

decided_sites as (

    select distinct sites.site_key
    from decisions
    inner join sites on decisions.left_lead_key = sites.lead_key

)

select
    sites.site_key,
    count(distinct facility_groups.facility_group_key) as facilities
from sites
inner join facility_groups on sites.lead_key = facility_groups.lead_key
left join decided_sites on sites.site_key = decided_sites.site_key
where decided_sites.site_key is null
group by sites.site_key
having count(distinct facility_groups.facility_group_key) > 1
