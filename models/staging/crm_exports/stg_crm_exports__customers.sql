with

source as (

    select
        *,
        row_number() over (partition by {{ clean_text('customer_id') }} order by _row_number desc) as copy_rank
    from {{ source('raw_crm_exports', 'customers') }}
    where {{ in_latest_period('crm_exports', 'customers') }} and {{ clean_text('customer_id') }} is not null

),

-- Of rows with one id the last counts.
renamed as (

    select
        -- ids
        {{ clean_text('customer_id') }} as customer_id,

        -- strings
        {{ without_contact_details('customer_name') }} as customer_name,
        {{ without_contact_details('industry') }} as industry,
        {{ without_contact_details('city') }} as city,
        {{ without_contact_details('country') }} as country,

        -- personal data, masked and hashed
        {{ pii_mask(clean_text('account_manager')) }} as account_manager_masked,
        {{ pii_hash(fold_ascii('account_manager')) }} as account_manager_key,

        -- numerics
        {{ try_whole('employee_count') }} as employee_count,
        {{ try_decimal('annual_revenue') }} as annual_revenue,

        -- timestamps
        {{ try_timestamp('created_at') }} as created_at
    from source
    where copy_rank = 1

)

select * from renamed
