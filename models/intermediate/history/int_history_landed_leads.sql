{{ config(materialized='view') }}

{%- set kept = [
    'owner_id', 'product_school_id', 'converted_account_id', 'converted_opportunity_id',
    'company', 'city', 'state', 'postal_code', 'country', 'lead_source', 'lead_status', 'outreach_stage', 'industry', 'rating',
    'current_enrollment', 'capacity', 'employee_count', 'annual_revenue', 'website_visits', 'content_downloads', 'email_opens',
    'is_converted', 'is_deleted', 'created_at', 'last_activity_date', 'converted_date',
] %}

with

lead_versions as (

    select * from {{ ref('stg_salesforce__lead_versions') }}
    where version_at is not null

),

compared as (

    select
        lead_id,
        version_at,
        {%- for column in kept %}
        {{ column }},
        {%- endfor %}
        {{ dbt_utils.generate_surrogate_key(kept) }} as content_key
    from lead_versions

),

numbered as (

    select
        *,
        lag(content_key) over (partition by lead_id order by version_at) as previous_content_key
    from compared

),

-- Much touches a record and changes nothing that is kept.
final as (

    select * from numbered
    where previous_content_key is distinct from content_key

)

select * from final
