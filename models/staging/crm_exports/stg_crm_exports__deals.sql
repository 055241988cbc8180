with

source as (

    select
        *,
        row_number() over (partition by {{ clean_text('lead_id') }} order by _row_number desc) as copy_rank
    from {{ source('raw_crm_exports', 'deals') }}
    where {{ in_latest_period('crm_exports', 'deals') }} and {{ clean_text('lead_id') }} is not null

),

-- Of rows with one id the last counts.
renamed as (

    select
        -- ids
        {{ clean_text('lead_id') }} as deal_id,
        {{ clean_text('customer_id') }} as customer_id,

        -- strings
        {{ fold('status') }} as deal_status,
        {{ without_contact_details('source') }} as deal_source,

        -- personal data, masked and hashed
        {{ pii_mask(clean_text('lead_name')) }} as contact_name_masked,
        {{ pii_hash(normalize_email('email')) }} as email_key,
        {{ pii_hash(normalize_phone('phone')) }} as phone_key,

        -- numerics
        {{ try_decimal('deal_value') }} as deal_value,

        -- timestamps
        {{ try_timestamp('created_at') }} as created_at,
        {{ try_timestamp('updated_at') }} as updated_at
    from source
    where copy_rank = 1

)

select * from renamed
