{{ config(materialized='view') }}

with

accounts as (

    select * from {{ ref('stg_salesforce__accounts') }}

),

final as (

    select
        -- ids
        account_id,
        parent_account_id,
        owner_id,

        -- strings
        account_name,
        account_type,
        industry,
        account_source,
        billing_city,
        billing_state,
        billing_country,

        -- numerics
        annual_revenue,
        employee_count,

        -- booleans
        is_deleted,

        -- timestamps
        version_at,
        created_at,
        last_activity_date
    from accounts

)

select * from final
