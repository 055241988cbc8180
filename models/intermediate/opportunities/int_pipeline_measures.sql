{% set forecasts = ['pipeline', 'best_case', 'most_likely', 'commit', 'omitted', 'closed'] -%}

with

-- Each spelling is folded once, not each opportunity's.
categories as (

    select
        forecast_category_name,
        replace({{ fold('forecast_category_name') }}, ' ', '_') as forecast
    from (select distinct forecast_category_name from {{ ref('int_opportunities') }}) as spelled

),

opportunities as (

    select
        opportunities.*,
        stage_days.days_in_stage,
        case when opportunities.is_open then opportunities.amount else 0 end as open_amount,
        case
            {%- for forecast in forecasts %}
            when categories.forecast = '{{ forecast }}' then '{{ forecast }}'
            {%- endfor %}
            else 'other'
        end as forecast
    from {{ ref('int_opportunities') }} as opportunities
    inner join {{ ref('int_opportunity_stage_days') }} as stage_days
        on opportunities.opportunity_id = stage_days.opportunity_id
    left join categories on opportunities.forecast_category_name = categories.forecast_category_name

),

final as (

    select
        count(case when is_open then 1 end) as open_count,
        count(case when is_closed then 1 end) as closed_count,
        count(case when is_won then 1 end) as won_count,
        count(case when stage_group in ('Proposal', 'Negotiation', 'Closed Won') then 1 end) as late_stage_count,
        count(case when is_open and stage_group in ('Prospecting', 'Qualification') then 1 end) as early_open_count,
        count(case when is_open and days_in_stage > 30 then 1 end) as stalled_count,
        avg(cast(days_in_stage as double precision)) as mean_days_in_stage,
        coalesce(sum(open_amount), 0) as open_amount,
        coalesce(sum(case when days_in_stage > 30 then open_amount end), 0) as stalled_amount,
        coalesce(max(open_amount), 0) as largest_open_amount,
        cast(coalesce(sum(open_amount * probability_percent), 0) as double precision) / 100 as weighted_amount,
        {%- for forecast in forecasts + ['other'] %}
        coalesce(sum(case when forecast = '{{ forecast }}' then open_amount end), 0) as {{ forecast }}_amount,
        {%- endfor %}
        count(*) as opportunity_count
    from opportunities

)

select * from final
