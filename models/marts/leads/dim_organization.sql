{{ config(indexes=postgres_indexes([{'columns': ['organization_key']}])) }}

with

dim_lead as (

    select * from {{ ref('dim_lead') }}

),

-- A chain's sites are often called by its name, a dash, and what tells them apart.
names as (

    select
        organization_key,
        trim({{ dbt.split_part('business_name', "' - '", 1) }}) as organization_name,
        count(*) as site_count
    from dim_lead
    group by organization_key, trim({{ dbt.split_part('business_name', "' - '", 1) }})

),

ranked_names as (

    select
        *,
        row_number() over (
            partition by organization_key
            order by
                case when organization_name is null then 1 else 0 end,
                site_count desc,
                {{ ordered_text('organization_name') }}
        ) as name_rank
    from names

),

sites as (

    select
        organization_key,
        sum(case when is_deleted then 0 else 1 end) as site_count,
        sum(case when is_listed then 1 else 0 end) as licensed_site_count,
        sum(case when is_in_salesforce then 1 else 0 end) as salesforce_site_count,
        sum(case when is_net_new then 1 else 0 end) as net_new_site_count,
        sum(case when is_converted then 1 else 0 end) as converted_site_count,
        sum(case when is_listed then capacity end) as licensed_capacity,
        count(distinct state_code) as state_count
    from dim_lead
    group by organization_key

),

final as (

    select
        sites.organization_key,
        ranked_names.organization_name,
        cast(sites.site_count as bigint) as site_count,
        cast(sites.licensed_site_count as bigint) as licensed_site_count,
        cast(sites.salesforce_site_count as bigint) as salesforce_site_count,
        cast(sites.net_new_site_count as bigint) as net_new_site_count,
        cast(sites.converted_site_count as bigint) as converted_site_count,
        sites.state_count,
        cast(sites.licensed_capacity as bigint) as licensed_capacity
    from sites
    inner join ranked_names
        on
            sites.organization_key = ranked_names.organization_key
            and ranked_names.name_rank = 1

)

select * from final
