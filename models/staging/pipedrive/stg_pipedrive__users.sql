with

source as (

    select * from {{ rows_in_force('pipedrive', 'users', 'id', 'modified') }}

),

renamed as (

    select
        -- ids
        {{ try_integer('id') }} as user_id,
        _row_number as row_number_in_delivery,

        -- strings
        {{ pii_mask(clean_text('name')) }} as user_name_masked,
        {{ pii_mask(normalize_email('email')) }} as email_masked,
        {{ pii_hash(normalize_email('email')) }} as email_hash,

        -- timestamps
        {{ try_timestamp('modified') }} as modified_at
    from source

)

select * from renamed
