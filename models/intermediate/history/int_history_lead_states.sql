{{ config(materialized='view') }}

{%- set columns = [
    'lead_id', 'owner_id', 'product_school_id', 'converted_account_id', 'converted_opportunity_id',
    'company', 'city', 'state', 'postal_code', 'country', 'lead_source', 'lead_status', 'outreach_stage', 'industry', 'rating',
    'current_enrollment', 'capacity', 'employee_count', 'annual_revenue', 'website_visits', 'content_downloads', 'email_opens',
    'is_converted', 'is_deleted', 'version_at', 'created_at', 'last_activity_date', 'converted_date',
] %}

with

snap_leads as (

    select * from {{ ref('snap_leads') }}

),

landed_leads as (

    select * from {{ ref('int_history_landed_leads') }}

),

newest_seen as (

    select
        lead_id,
        max(least(version_at, dbt_valid_from)) as newest_version_at
    from snap_leads
    group by lead_id

),

-- Between two builds more than one version may have been landed, and before the first build many.
seen_by_no_build as (

    select landed_leads.*
    from landed_leads
    inner join newest_seen on landed_leads.lead_id = newest_seen.lead_id
    left join snap_leads on landed_leads.lead_id = snap_leads.lead_id and landed_leads.version_at = snap_leads.version_at
    where landed_leads.version_at < newest_seen.newest_version_at and snap_leads.lead_id is null

),

final as (

    select
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        dbt_valid_from,
        dbt_is_deleted
    from snap_leads

    union all

    select
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        version_at as dbt_valid_from,
        'False' as dbt_is_deleted
    from seen_by_no_build

)

select * from final
