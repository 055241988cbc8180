{{ config(indexes=postgres_indexes([{'columns': ['state_code', 'county']}])) }}

with

dim_lead as (

    select * from {{ ref('dim_lead') }}

),

dim_geography as (

    select * from {{ ref('dim_geography') }}

),

licensed_sites as (

    select
        dim_lead.*,
        dim_geography.state_name,
        dim_geography.county as county_name
    from dim_lead
    inner join dim_geography on dim_lead.geography_key = dim_geography.geography_key
    where dim_lead.is_listed

),

counted as (

    select
        state_code,
        state_name,
        county_name as county,
        owner_id,
        count(*) as licensed_sites,
        sum(case when is_license_current then 1 else 0 end) as current_licensed_sites,
        sum(case when is_in_salesforce then 1 else 0 end) as sites_in_salesforce,
        sum(case when is_converted then 1 else 0 end) as converted_sites,
        sum(case when is_net_new then 1 else 0 end) as net_new_sites,
        sum(coalesce(capacity, 0)) as licensed_capacity,
        sum(case when is_in_salesforce then coalesce(capacity, 0) else 0 end) as capacity_in_salesforce,
        sum(case when is_net_new then coalesce(capacity, 0) else 0 end) as net_new_capacity
    from licensed_sites
    group by state_code, state_name, county_name, owner_id

),

final as (

    select
        state_code,
        state_name,
        county,
        owner_id,
        {%- for count in [
            'licensed_sites', 'current_licensed_sites', 'sites_in_salesforce', 'converted_sites', 'net_new_sites',
            'licensed_capacity', 'capacity_in_salesforce', 'net_new_capacity',
        ] %}
        cast({{ count }} as bigint) as {{ count }},
        {%- endfor %}
        cast(sum(licensed_sites) over (partition by state_code, county) as bigint) as county_licensed_sites,
        cast(sum(net_new_sites) over (partition by state_code, county) as bigint) as county_net_new_sites,
        100 * {{ safe_divide('sites_in_salesforce', 'sum(licensed_sites) over (partition by state_code, county)') }}
            as share_of_county_pct
    from counted

)

select * from final
