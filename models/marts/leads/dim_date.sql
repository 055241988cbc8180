{{ config(indexes=postgres_indexes([{'columns': ['date_day']}])) }}

with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

calendar as (

    {{ dbt_utils.date_spine(datepart='day', start_date="cast('1900-01-01' as date)", end_date="cast('2101-01-01' as date)") }}

),

dates_met as (

    {%- for column in ['created_at', 'last_modified_at', 'last_activity_date', 'converted_date', 'issue_date', 'expiry_date'] %}
    select cast({{ column }} as date) as date_day from leads
    union all
    {%- endfor %}
    select cast({{ as_of() }} as date) as date_day

),

years_met as (

    select
        extract(year from min(date_day)) as first_year,
        extract(year from max(date_day)) as last_year
    from dates_met
    where extract(year from date_day) between 1900 and 2100

),

days as (

    select cast(calendar.date_day as date) as date_day
    from calendar
    inner join years_met
        on extract(year from calendar.date_day) between years_met.first_year and years_met.last_year

),

parts as (

    select
        date_day,
        {{ date_part('year', 'date_day') }} as year_number,
        {{ date_part('quarter', 'date_day') }} as quarter_number,
        {{ date_part('month', 'date_day') }} as month_number,
        {{ date_part('day', 'date_day') }} as day_of_month,
        {{ date_part('isoyear', 'date_day') }} as iso_year,
        {{ date_part('week', 'date_day') }} as iso_week,
        {{ date_part('isodow', 'date_day') }} as iso_weekday
    from days

),

final as (

    select
        year_number * 10000 + month_number * 100 + day_of_month as date_key,
        date_day,
        year_number,
        quarter_number,
        {{ month_start('date_day') }} as month,
        month_number,
        {{ month_name('month_number') }} as month_name,
        day_of_month,
        iso_year,
        iso_week,
        iso_weekday,
        {{ weekday_name('iso_weekday') }} as weekday_name,
        iso_weekday in (6, 7) as is_weekend
    from parts

)

select * from final
