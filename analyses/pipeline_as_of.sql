-- What was in the pipeline on a day? Ask about any moment with `--vars "{as_of: '2026-10-15'}"`.
with

opportunities as (

    select * from {{ versions_at(ref('dim_opportunity_history'), as_of()) }}
    where not is_deleted and not is_closed

),

final as (

    select
        stage_name,
        count(*) as opportunity_count,
        sum(amount) as open_amount,
        sum(amount * probability_percent / 100) as weighted_amount
    from opportunities
    group by stage_name

)

select * from final
order by open_amount desc nulls last, stage_name asc
