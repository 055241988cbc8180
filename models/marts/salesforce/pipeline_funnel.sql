with

opportunities as (

    select * from {{ ref('int_opportunities') }}

),

final as (

    select
        stage_group,
        cast(min(stage_order) as bigint) as stage_order,
        count(*) as opportunity_count,
        cast(sum(amount) as numeric(38, 2)) as amount,
        {{ safe_divide('sum(amount)', 'count(*)') }} as mean_amount,
        cast(sum(amount * probability_percent) as double precision) / 100 as weighted_amount
    from opportunities
    group by stage_group

)

select * from final
