{{ config(materialized='view') }}


with

observations as (

    select * from {{ ref('int_customer_observations') }}

),

deals as (

    select
        customer_key,
        deal_id,
        outcome,
        deal_value,
        cast(created_date as timestamp) as created_at,
        cast(closed_date as timestamp) as closed_at
    from {{ ref('int_customer_deals') }}

),

stage_periods as (

    select * from {{ ref('int_opportunity_stage_periods') }}

),

open_stages as (

    select
        {{ fold('stage_name') }} as stage_name,
        stage_order
    from {{ ref('opportunity_stage_groups') }}
    where stage_group not in ('Closed Won', 'Closed Lost')

),

-- A day says not when: what is dated on the day of the observation comes after it.
known as (

    select
        observations.customer_key,
        observations.observed_at,
        deals.deal_id,
        deals.deal_value,
        deals.created_at,
        deals.closed_at,
        case when deals.closed_at < observations.observed_at then deals.outcome else 'open' end as outcome_then
    from observations
    inner join deals on observations.customer_key = deals.customer_key and observations.observed_at > deals.created_at

),

staged as (

    select
        known.*,
        open_stages.stage_order
    from known
    left join stage_periods
        on
            known.deal_id = stage_periods.opportunity_id
            and known.outcome_then = 'open'
            and known.observed_at >= stage_periods.entered_at
            and (stage_periods.left_at is null or known.observed_at < stage_periods.left_at)
    left join open_stages on {{ fold('stage_periods.stage_name') }} = open_stages.stage_name

),

final as (

    select
        customer_key,
        observed_at,
        count(*) as deal_count,
        {%- for outcome in ['won', 'lost', 'open'] %}
        count(case when outcome_then = '{{ outcome }}' then 1 end) as {{ outcome }}_deal_count,
        {%- endfor %}
        sum(case when outcome_then = 'won' then deal_value else 0 end) as won_amount,
        max(created_at) as last_deal_at,
        max(case when outcome_then = 'won' then closed_at end) as last_win_at,
        min(case when outcome_then = 'open' then created_at end) as oldest_open_deal_at,
        max(stage_order) as furthest_stage
    from staged
    group by customer_key, observed_at

)

select * from final
