{{ config(materialized='view') }}

with

versions as (

    select * from {{ history_versions(ref('int_history_lead_states'), ['lead_id']) }}

),

final as (

    select
        -- ids
        {{ dbt_utils.generate_surrogate_key(['lead_id', 'valid_from']) }} as lead_version_key,
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
        dbt_is_deleted = 'True' as has_vanished,
        valid_to is null as is_current,

        -- timestamps
        valid_from,
        valid_to,
        dbt_valid_from as seen_at,
        created_at,
        last_activity_date,
        converted_date
    from versions

)

select * from final
