{{ config(indexes=postgres_indexes([
    {'columns': ['owner_id', 'priority_rank']},
    {'columns': ['state_code', 'county']},
])) }}

with

dim_lead as (

    select * from {{ ref('dim_lead') }}

),

dim_organization as (

    select * from {{ ref('dim_organization') }}

),

dim_lead_status as (

    select * from {{ ref('dim_lead_status') }}

),

weights as (

    {{ weights_by_part(ref('lead_priority_weights'), ['size', 'license', 'reach', 'relation']) }}

),

-- what can still be sold to: sites that nobody has in Salesforce, and those that are open there
open_sites as (

    select
        dim_lead.*,
        dim_organization.organization_name,
        dim_organization.site_count as organization_site_count,
        least(coalesce({{ safe_divide('dim_lead.capacity', var('full_capacity')) }}, 0), 1) as size_part,
        case when dim_lead.is_listed and dim_lead.is_license_current then 1.0 else 0.0 end as license_part,
        case when coalesce(dim_lead.phone_key, dim_lead.mobile_phone_key) is not null then 0.5 else 0.0 end
        + case when dim_lead.email_key is not null then 0.5 else 0.0 end as reach_part,
        case
            when dim_organization.converted_site_count > 0 then 1.0
            when dim_organization.salesforce_site_count > case when dim_lead.is_in_salesforce then 1 else 0 end then 0.5
            else 0.0
        end as relation_part
    from dim_lead
    inner join dim_organization on dim_lead.organization_key = dim_organization.organization_key
    inner join dim_lead_status on dim_lead.lead_status_key = dim_lead_status.lead_status_key
    where
        dim_lead.is_net_new
        or (dim_lead.is_in_salesforce and not dim_lead.is_converted and not dim_lead_status.is_end_state)

),

scored as (

    select
        open_sites.*,
        {{ round_half_away(
            'weights.size_weight * open_sites.size_part + weights.license_weight * open_sites.license_part'
            ' + weights.reach_weight * open_sites.reach_part + weights.relation_weight * open_sites.relation_part', 1
        ) }} as priority_score
    from open_sites
    cross join weights

),

final as (

    select
        -- ids
        site_key,
        survivor_lead_key,
        organization_key,
        owner_id,

        -- strings
        business_name,
        organization_name,
        street,
        city,
        county,
        state_code,
        postal_code,
        facility_type,
        lead_status,
        contact_name_masked,
        phone_masked,
        email_masked,
        case
            when priority_score <= 30 then 'Low'
            when priority_score <= 60 then 'Medium'
            when priority_score <= 80 then 'High'
            else 'Critical'
        end as priority,

        -- numerics
        row_number() over (
            order by priority_score desc, capacity desc nulls last, {{ ordered_text('site_key') }}
        ) as priority_rank,
        cast(priority_score as numeric(4, 1)) as priority_score,
        cast(size_part as double precision) as size_part,
        cast(license_part as double precision) as license_part,
        cast(reach_part as double precision) as reach_part,
        cast(relation_part as double precision) as relation_part,
        capacity,
        organization_site_count,

        -- booleans
        is_net_new,
        is_in_salesforce,
        is_license_current
    from scored

)

select * from final
