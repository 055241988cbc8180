{{ config(indexes=postgres_indexes([
    {'columns': ['site_key']},
    {'columns': ['organization_key']},
    {'columns': ['state_code', 'county']},
])) }}

with

survivors as (

    select * from {{ ref('int_lead_survivors') }}

),

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

golden_records as (

    select * from {{ ref('int_lead_golden_records') }}

),

sites as (

    select
        survivors.site_key,
        min(survivors.organization_key) as organization_key,
        max(survivors.survivor_lead_key) as survivor_lead_key,
        count(*) as record_count,
        sum(case when leads.source_system = 'salesforce' then 1 else 0 end) as salesforce_lead_count,
        {{ dbt.bool_or('survivors.is_net_new') }} as is_net_new,
        {{ dbt.bool_or('coalesce(leads.is_listed, false)') }} as is_listed,
        {{ dbt.bool_or('leads.is_converted and not leads.is_deleted') }} as is_converted,
        -- deleted leads are alone in their site
        {{ dbt.bool_or('leads.is_deleted') }} as is_deleted
    from survivors
    inner join leads on survivors.lead_key = leads.lead_key
    group by survivors.site_key

),

final as (

    select
        -- ids
        sites.site_key,
        sites.organization_key,
        sites.survivor_lead_key,
        {{ geography_key(
            'golden_records.country_code', 'golden_records.state_code', 'golden_records.county', 'golden_records.city',
            'golden_records.postal_code'
        ) }} as geography_key,
        {{ dbt_utils.generate_surrogate_key([fold('golden_records.lead_status')]) }} as lead_status_key,
        {{ dbt_utils.generate_surrogate_key([fold('golden_records.lead_source')]) }} as lead_source_key,
        case
            when golden_records.license_number is not null
                then {{ dbt_utils.generate_surrogate_key(['golden_records.license_from', 'golden_records.license_number']) }}
        end as facility_key,

        -- the golden record, and from where each attribute of it comes
        {%- for attribute, columns in golden_attributes().items() %}
        {%- for column in columns %}
        golden_records.{{ column }},
        {%- endfor %}
        golden_records.{{ attribute }}_from,
        {%- endfor %}
        coalesce(
            {{ is_license_current('golden_records.is_license_active', 'golden_records.expiry_date') }}, false
        ) as is_license_current,

        -- numerics
        sites.record_count,
        cast(sites.salesforce_lead_count as bigint) as salesforce_lead_count,
        sites.record_count - cast(sites.salesforce_lead_count as bigint) as facility_count,

        -- booleans
        sites.salesforce_lead_count > 0 and not sites.is_deleted as is_in_salesforce,
        sites.is_net_new,
        sites.is_listed,
        sites.is_converted,
        sites.is_deleted
    from sites
    inner join golden_records on sites.site_key = golden_records.site_key

)

select * from final
