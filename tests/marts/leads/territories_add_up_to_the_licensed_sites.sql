with

territories as (

    select
        coalesce(sum(licensed_sites), 0) as licensed_sites,
        coalesce(sum(current_licensed_sites), 0) as current_licensed_sites,
        coalesce(sum(sites_in_salesforce), 0) as sites_in_salesforce,
        coalesce(sum(converted_sites), 0) as converted_sites,
        coalesce(sum(net_new_sites), 0) as net_new_sites,
        coalesce(sum(licensed_capacity), 0) as licensed_capacity,
        coalesce(sum(capacity_in_salesforce + net_new_capacity), 0) as divided_capacity
    from {{ ref('rep_territory_management') }}

),

sites as (

    select
        count(*) as licensed_sites,
        coalesce(sum(case when is_license_current then 1 else 0 end), 0) as current_licensed_sites,
        coalesce(sum(case when is_in_salesforce then 1 else 0 end), 0) as sites_in_salesforce,
        coalesce(sum(case when is_converted then 1 else 0 end), 0) as converted_sites,
        coalesce(sum(case when is_net_new then 1 else 0 end), 0) as net_new_sites,
        coalesce(sum(capacity), 0) as licensed_capacity
    from {{ ref('dim_lead') }}
    where is_listed

)

select
    territories.licensed_sites,
    sites.licensed_sites as sites_of_dim_lead
from territories
cross join sites
where
    territories.licensed_sites <> sites.licensed_sites
    or territories.current_licensed_sites <> sites.current_licensed_sites
    or territories.sites_in_salesforce <> sites.sites_in_salesforce
    or territories.converted_sites <> sites.converted_sites
    or territories.net_new_sites <> sites.net_new_sites
    or territories.licensed_sites <> territories.sites_in_salesforce + territories.net_new_sites
    or territories.licensed_capacity <> sites.licensed_capacity
    or territories.licensed_capacity <> territories.divided_capacity
