{{ config(materialized='view') }}

with

leads as (

    select * from {{ ref('stg_salesforce__leads') }}

),

final as (

    select
        -- ids
        lead_id,
        owner_id,
        product_school_id,
        converted_account_id,
        converted_opportunity_id,

        -- strings
        company,
        city,
        state,
        postal_code,
        country,
        lead_source,
        lead_status,
        outreach_stage,
        industry,
        rating,

        -- numerics
        current_enrollment,
        capacity,
        employee_count,
        annual_revenue,
        website_visits,
        content_downloads,
        email_opens,

        -- booleans
        is_converted,
        is_deleted,

        -- timestamps
        version_at,
        created_at,
        last_activity_date,
        converted_date
    from leads

)

select * from final
