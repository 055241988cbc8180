with

opportunities as (

    select * from {{ ref('int_opportunities') }}
    where account_id is not null

),

final as (

    select
        account_id,
        sum(case when is_won then amount else 0 end) as won_amount
    from opportunities
    group by account_id

)

select * from final
