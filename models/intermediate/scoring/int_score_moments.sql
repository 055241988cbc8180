{{ config(materialized='view') }}


with

numbers as (

    select cast(number as integer) as number
    from generate_series(0, {{ var('score_months') | int - 1 }}) as numbers (number)

),

month_starts as (

    select cast({{ month_start(as_of()) }} as timestamp) - number * interval '1 month' as observed_at
    from numbers

),

final as (

    select
        observed_at,
        false as is_now
    from month_starts
    where observed_at < {{ as_of() }}

    union all

    select
        {{ as_of() }} as observed_at,
        true as is_now

)

select * from final
