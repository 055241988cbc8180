-- Keys travel a number of rounds along the links; a longer chain than they reach would fall into two.
with

facility_links as (

    select * from {{ ref('int_lead_match_facility_links') }}

),

facility_groups as (

    select * from {{ ref('int_lead_match_facility_groups') }}

),

loose_links as (

    select * from {{ ref('int_lead_match_loose_links') }}

),

loose_groups as (

    select * from {{ ref('int_lead_match_loose_groups') }}

),

organization_links as (

    select * from {{ ref('int_lead_match_organization_links') }}

),

organizations as (

    select * from {{ ref('int_lead_organizations') }}

)

select
    'facility' as what,
    facility_links.left_lead_key,
    facility_links.right_lead_key
from facility_links
left join facility_groups as left_group on facility_links.left_lead_key = left_group.lead_key
left join facility_groups as right_group on facility_links.right_lead_key = right_group.lead_key
where left_group.facility_group_key is distinct from right_group.facility_group_key

union all

select
    'duplicates' as what,
    loose_links.left_lead_key,
    loose_links.right_lead_key
from loose_links
left join loose_groups as left_group on loose_links.left_lead_key = left_group.lead_key
left join loose_groups as right_group on loose_links.right_lead_key = right_group.lead_key
where left_group.loose_group_key is distinct from right_group.loose_group_key

union all

select
    'organization' as what,
    organization_links.left_lead_key,
    organization_links.right_lead_key
from organization_links
left join organizations as left_site on organization_links.left_lead_key = left_site.lead_key
left join organizations as right_site on organization_links.right_lead_key = right_site.lead_key
where left_site.organization_key is distinct from right_site.organization_key
