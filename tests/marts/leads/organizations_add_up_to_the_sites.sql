with

organizations as (

    select
        coalesce(sum(site_count), 0) as site_count,
        coalesce(sum(licensed_site_count), 0) as licensed_site_count,
        coalesce(sum(salesforce_site_count), 0) as salesforce_site_count,
        coalesce(sum(net_new_site_count), 0) as net_new_site_count,
        coalesce(sum(converted_site_count), 0) as converted_site_count,
        coalesce(sum(licensed_capacity), 0) as licensed_capacity
    from {{ ref('dim_organization') }}

),

sites as (

    select
        count(*) as site_count,
        coalesce(sum(case when is_listed then 1 else 0 end), 0) as licensed_site_count,
        coalesce(sum(case when is_in_salesforce then 1 else 0 end), 0) as salesforce_site_count,
        coalesce(sum(case when is_net_new then 1 else 0 end), 0) as net_new_site_count,
        coalesce(sum(case when is_converted then 1 else 0 end), 0) as converted_site_count,
        coalesce(sum(case when is_listed then capacity end), 0) as licensed_capacity
    from {{ ref('dim_lead') }}
    where not is_deleted

)

select
    organizations.site_count,
    sites.site_count as sites_of_dim_lead
from organizations
cross join sites
where
    organizations.site_count <> sites.site_count
    or organizations.licensed_site_count <> sites.licensed_site_count
    or organizations.salesforce_site_count <> sites.salesforce_site_count
    or organizations.net_new_site_count <> sites.net_new_site_count
    or organizations.converted_site_count <> sites.converted_site_count
    or organizations.licensed_capacity <> sites.licensed_capacity
