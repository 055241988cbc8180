with

bounds as (

    select
        min(date_day) as first_day,
        max(date_day) as last_day,
        count(*) as day_count
    from {{ ref('dim_date') }}

)

select * from bounds
where
    day_count <> {{ dbt.datediff('first_day', 'last_day', 'day') }} + 1
    or extract(month from first_day) * 100 + extract(day from first_day) <> 101
    or extract(month from last_day) * 100 + extract(day from last_day) <> 1231
