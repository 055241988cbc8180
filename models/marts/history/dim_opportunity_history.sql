{{ config(materialized='view') }}

with

versions as (

    select * from {{ history_versions(ref('snap_opportunities'), ['opportunity_id']) }}

),

final as (

    select
        -- ids
        {{ dbt_utils.generate_surrogate_key(['opportunity_id', 'valid_from']) }} as opportunity_version_key,
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
        dbt_is_deleted = 'True' as has_vanished,
        valid_to is null as is_current,

        -- timestamps
        valid_from,
        valid_to,
        dbt_valid_from as seen_at,
        created_at,
        close_date,
        last_activity_date
    from versions

)

select * from final
