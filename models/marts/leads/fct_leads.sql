{{ config(indexes=postgres_indexes([
    {'columns': ['lead_key']},
    {'columns': ['source_system', 'source_lead_id']},
    {'columns': ['site_key']},
    {'columns': ['owner_id']},
])) }}

with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

survivors as (

    select * from {{ ref('int_lead_survivors') }}

),

reasons as (

    select * from {{ ref('int_lead_match_reasons') }}

),

completeness as (

    select * from {{ ref('int_lead_completeness') }}

),

dim_lead as (

    select * from {{ ref('dim_lead') }}

),

dim_facility as (

    select * from {{ ref('dim_facility') }}

),

final as (

    select
        -- ids
        leads.lead_key,
        leads.source_system,
        leads.source_lead_id,
        survivors.site_key,
        survivors.organization_key,
        survivors.duplicate_of_lead_key,
        leads.geography_key,
        leads.lead_status_key,
        leads.lead_source_key,
        coalesce(dim_facility.facility_key, dim_lead.facility_key) as facility_key,
        leads.owner_id,
        {{ date_key('leads.created_at') }} as created_date_key,
        {{ date_key('leads.last_modified_at') }} as last_modified_date_key,
        {{ date_key('leads.last_activity_date') }} as last_activity_date_key,
        {{ date_key('leads.converted_date') }} as converted_date_key,
        {{ date_key('leads.issue_date') }} as issue_date_key,
        {{ date_key('leads.expiry_date') }} as expiry_date_key,

        -- strings
        leads.business_name,
        leads.lead_status,
        leads.lead_source,
        reasons.match_rule,
        reasons.match_explanation,

        -- numerics
        reasons.match_confidence,
        leads.capacity,
        completeness.completeness_score,

        -- booleans
        survivors.is_duplicate,
        survivors.is_net_new,
        dim_facility.is_license_current,
        leads.is_listed,
        leads.is_converted,
        leads.is_deleted,
        completeness.has_business_name,
        completeness.has_contact_name,
        completeness.has_phone,
        completeness.has_email,
        completeness.has_street,
        completeness.has_city,
        completeness.has_state,
        completeness.has_postal_code,
        completeness.has_capacity,

        -- times
        leads.created_at,
        leads.last_modified_at,
        leads.last_activity_date,
        leads.converted_date,
        {{ month_start(
            "coalesce(leads.created_at, cast(dim_facility.first_listed_period || '-01' as timestamp))"
        ) }} as first_seen_month
    from leads
    inner join survivors on leads.lead_key = survivors.lead_key
    inner join completeness on leads.lead_key = completeness.lead_key
    inner join dim_lead on survivors.site_key = dim_lead.site_key
    left join dim_facility on leads.lead_key = dim_facility.facility_key
    left join reasons on leads.lead_key = reasons.lead_key

)

select * from final
