with

first_status_changes as (

    select * from {{ ref('int_deal_status_changes') }}
    where occurrence = 1 and owner_id is not null

),

final as (

    select
        {{ month_start('changed_at') }} as month,
        owner_id as sales_rep_id,
        count(case when status = 'lost' then 1 end) as deals_lost,
        count(case when status = 'won' then 1 end) as deals_won
    from first_status_changes
    group by 1, 2

)

select * from final
