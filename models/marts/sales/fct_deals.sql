{{ config(indexes=postgres_indexes([
    {'columns': ['deal_id']},
    {'columns': ['owner_id']},
])) }}

with

deals as (

    select * from {{ ref('int_deals') }}

),

stages as (

    select * from {{ ref('int_deal_stages') }}

),

losses as (

    select * from {{ ref('int_deal_losses') }}

),

final as (

    select
        deals.deal_id,
        deals.owner_id,
        deals.stage_id,
        stages.stage_name,
        deals.funnel_step,
        deals.status,
        losses.lost_reason,
        {{ days_between('deals.created_at', 'deals.closed_at') }} as days_to_close,
        deals.created_at,
        deals.closed_at,
        deals.last_changed_at
    from deals
    left join stages on deals.stage_id = stages.stage_id
    left join losses on deals.deal_id = losses.deal_id

)

select * from final
