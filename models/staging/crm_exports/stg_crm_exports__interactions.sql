with

source as (

    select
        *,
        row_number() over (partition by {{ clean_text('interaction_id') }} order by _row_number desc) as copy_rank
    from {{ source('raw_crm_exports', 'interactions') }}
    where {{ in_latest_period('crm_exports', 'interactions') }} and {{ clean_text('interaction_id') }} is not null

),

-- Of rows with one id the last counts.
renamed as (

    select
        -- ids
        {{ clean_text('interaction_id') }} as interaction_id,
        {{ clean_text('customer_id') }} as customer_id,

        -- strings
        {{ fold('channel') }} as channel,
        {{ fold('outcome') }} as outcome,
        {{ fold('direction') }} as direction,

        -- numerics
        {{ try_decimal('interaction_time_minutes') }} as duration_minutes,

        -- timestamps
        {{ try_timestamp('interaction_date') }} as interacted_at
    from source
    where copy_rank = 1

)

select * from renamed
