{{ config(materialized='view') }}

with

opportunities as (

    select * from {{ ref('stg_salesforce__opportunities') }}

),

final as (

    select
        -- ids
        opportunity_id,
        account_id,
        contact_id,
        campaign_id,
        owner_id,

        -- strings
        opportunity_name,
        stage_name,
        opportunity_type,
        lead_source,
        forecast_category_name,

        -- numerics
        amount,
        probability_percent,

        -- booleans
        is_closed,
        is_won,
        is_deleted,

        -- timestamps
        version_at,
        created_at,
        close_date,
        last_activity_date
    from opportunities

)

select * from final
