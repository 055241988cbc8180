with recursive bounds as (
    select
        {{ month_start('min(entered_at)') }} as first_month,
        {{ month_start('max(entered_at)') }} as last_month
    from {{ ref('int_deal_funnel_entries') }}
),

months as (
    select first_month as month
    from bounds
    where first_month is not null
    union all
    select cast({{ dbt.dateadd('month', 1, 'months.month') }} as date) as month
    from months
    inner join bounds on months.month < bounds.last_month
)

select * from months
