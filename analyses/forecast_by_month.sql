-- What was won and lost in each month, and what is forecast for those to come? What is open in a month that is over is overdue.
with

opportunities as (

    select * from {{ ref('int_opportunities') }}
    where close_date is not null

),

final as (

    select
        {{ month_start('close_date') }} as month,
        {{ month_start('close_date') }} < {{ month_start(as_of()) }} as is_over,
        count(case when is_won then 1 end) as won_count,
        sum(case when is_won then amount else 0 end) as won_amount,
        sum(case when is_closed and not is_won then amount else 0 end) as lost_amount,
        {{ safe_divide('count(case when is_won then 1 end)', 'count(case when is_closed then 1 end)') }} as win_rate,
        count(case when is_open then 1 end) as open_count,
        sum(case when is_open then amount else 0 end) as open_amount,
        cast(sum(case when is_open then amount * probability_percent else 0 end) as double precision) / 100 as forecast_amount
    from opportunities
    group by {{ month_start('close_date') }}

)

select * from final
order by month
