{{ config(materialized='view') }}

with

opportunities as (

    select * from {{ ref('stg_salesforce__opportunities') }}
    where not is_deleted

),

periods as (

    select * from {{ ref('int_opportunity_stage_periods') }}

),

opportunity_stage_groups as (

    select * from {{ ref('opportunity_stage_groups') }}

),

-- Each spelling is folded once, not each period's.
closed_stages as (

    select spelled.stage_name
    from (select distinct stage_name from periods) as spelled
    inner join opportunity_stage_groups
        on {{ fold('spelled.stage_name') }} = {{ fold('opportunity_stage_groups.stage_name') }}
    where opportunity_stage_groups.stage_group in ('Closed Won', 'Closed Lost')

),

newest as (

    select
        opportunity_id,
        entered_at as last_change_at
    from periods
    where left_at is null

),

-- What a closed opportunity was in before it was closed.
open_periods as (

    select
        periods.*,
        row_number() over (partition by periods.opportunity_id order by periods.period_number desc) as period_rank
    from periods
    inner join opportunities on periods.opportunity_id = opportunities.opportunity_id
    left join closed_stages on periods.stage_name = closed_stages.stage_name
    where
        opportunities.is_closed
        and periods.left_at is not null
        and closed_stages.stage_name is null

),

final as (

    select
        opportunities.opportunity_id,
        coalesce(
            case when opportunities.days_in_stage_given is not null then greatest(opportunities.days_in_stage_given, 0) end,
            case
                when opportunities.is_closed
                    then cast(open_periods.left_at as date) - cast(open_periods.entered_at as date)
                else {{ days_since('coalesce(opportunities.last_stage_change_at, newest.last_change_at)') }}
            end,
            30
        ) as days_in_stage
    from opportunities
    left join newest on opportunities.opportunity_id = newest.opportunity_id
    left join open_periods
        on opportunities.opportunity_id = open_periods.opportunity_id and open_periods.period_rank = 1

)

select * from final
