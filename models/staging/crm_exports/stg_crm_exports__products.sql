with

source as (

    select
        *,
        row_number() over (partition by {{ clean_text('product_id') }} order by _row_number desc) as copy_rank
    from {{ source('raw_crm_exports', 'products') }}
    where {{ in_latest_period('crm_exports', 'products') }} and {{ clean_text('product_id') }} is not null

),

-- Of rows with one id the last counts.
renamed as (

    select
        -- ids
        {{ clean_text('product_id') }} as product_id,

        -- strings
        {{ without_contact_details('product_name') }} as product_name,
        {{ without_contact_details('category') }} as category,
        {{ clean_text('currency') }} as currency,

        -- numerics
        {{ try_decimal('base_price') }} as base_price,

        -- timestamps
        cast({{ try_timestamp('launch_date') }} as date) as launch_date
    from source
    where copy_rank = 1

)

select * from renamed
