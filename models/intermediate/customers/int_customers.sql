{{ config(materialized='view') }}

with

accounts as (

    select * from {{ ref('stg_salesforce__accounts') }}
    where not is_deleted

),

exported as (

    select * from {{ ref('stg_crm_exports__customers') }}

),

unioned as (

    select
        'salesforce' as source_system,
        account_id as customer_id,
        account_name as customer_name,
        industry,
        employee_count,
        annual_revenue,
        created_at
    from accounts

    union all

    select
        'crm_exports' as source_system,
        customer_id,
        customer_name,
        industry,
        employee_count,
        annual_revenue,
        created_at
    from exported

),

final as (

    select
        {{ dbt_utils.generate_surrogate_key(['source_system', 'customer_id']) }} as customer_key,
        *
    from unioned

)

select * from final
