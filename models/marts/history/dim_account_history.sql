{{ config(materialized='view') }}

with

versions as (

    select * from {{ history_versions(ref('snap_accounts'), ['account_id']) }}

),

final as (

    select
        -- ids
        {{ dbt_utils.generate_surrogate_key(['account_id', 'valid_from']) }} as account_version_key,
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
        dbt_is_deleted = 'True' as has_vanished,
        valid_to is null as is_current,

        -- timestamps
        valid_from,
        valid_to,
        dbt_valid_from as seen_at,
        created_at,
        last_activity_date
    from versions

)

select * from final
