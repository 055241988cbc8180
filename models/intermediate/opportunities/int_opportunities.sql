{{ config(materialized='view') }}

with

opportunities as (

    select * from {{ ref('stg_salesforce__opportunities') }}
    where not is_deleted

),

opportunity_stage_groups as (

    select * from {{ ref('opportunity_stage_groups') }}

),

-- Each spelling is folded once, not each opportunity's.
stages as (

    select
        spelled.stage_name,
        opportunity_stage_groups.stage_group,
        opportunity_stage_groups.stage_order
    from (select distinct stage_name from opportunities) as spelled
    inner join opportunity_stage_groups
        on {{ fold('spelled.stage_name') }} = {{ fold('opportunity_stage_groups.stage_name') }}

),

final as (

    select
        -- ids
        opportunities.opportunity_id,
        opportunities.account_id,
        opportunities.owner_id,

        -- strings
        opportunities.opportunity_name,
        opportunities.stage_name,
        coalesce(stages.stage_group, 'Other') as stage_group,
        opportunities.forecast_category_name,

        -- numerics
        stages.stage_order,
        greatest(coalesce(opportunities.amount, 0), 0) as amount,
        least(greatest(coalesce(opportunities.probability_percent, 0), 0), 100) as probability_percent,

        -- booleans
        not opportunities.is_closed as is_open,
        opportunities.is_closed,
        opportunities.is_closed and opportunities.is_won as is_won,

        -- timestamps
        opportunities.created_at,
        opportunities.close_date
    from opportunities
    left join stages on opportunities.stage_name = stages.stage_name

)

select * from final
