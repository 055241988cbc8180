with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

survivors as (

    select * from {{ ref('int_lead_survivors') }}

),

facilities as (

    select * from {{ ref('int_facilities_standardized') }}

),

dated as (

    select
        survivors.lead_key,
        survivors.site_key,
        survivors.site_rank,
        leads.source_system,
        leads.issue_date,
        -- what a state file says was true when it last listed the licence
        coalesce(
            leads.last_modified_at,
            leads.created_at,
            cast(facilities.last_listed_period || '-01' as {{ dbt.type_timestamp() }})
        ) as recorded_at
    from survivors
    inner join leads on survivors.lead_key = leads.lead_key
    left join facilities
        on
            leads.source_system = facilities.source_system
            and leads.license_number = facilities.license_number

),

final as (

    select
        lead_key,
        site_key,
        source_system,
        recorded_at,
        row_number() over (
            partition by site_key order by recorded_at desc nulls last, issue_date desc nulls last, site_rank asc
        ) as recency
    from dated

)

select * from final
