{% set forecasts = ['pipeline', 'best_case', 'most_likely', 'commit', 'omitted', 'closed', 'other'] -%}

{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='as_of_date',
    on_schema_change='append_new_columns',
    full_refresh=false
) }}

with

measures as (

    select * from {{ ref('int_pipeline_measures') }}

),

rated as (

    select
        measures.*,
        {{ share_of('open_amount', var('quarterly_quota')) }} as coverage_part,
        coalesce({{ safe_divide('late_stage_count', 'opportunity_count') }}, 0) as distribution_part,
        coalesce({{ safe_divide('won_count', 'closed_count') }}, 0.5) as win_rate_part,
        greatest(1 - coalesce(measures.mean_days_in_stage, 0) / 60, 0) as velocity_part
    from measures

),

scored as (

    select
        *,
        case
            when opportunity_count > 0
                then {{ round_half_away('25 * (coverage_part + distribution_part + win_rate_part + velocity_part)', 1) }}
        end as health_score,
        stalled_count > 0 as is_stalled,
        largest_open_amount > 0.4 * open_amount as is_concentrated,
        opportunity_count > 0 and early_open_count < 5 as is_top_thin,
        opportunity_count > 0 and 25 * win_rate_part < 10 as is_win_rate_low
    from rated

),

final as (

    select
        cast({{ as_of() }} as date) as as_of_date,
        cast(health_score as double precision) as health_score,
        case
            when health_score is null then 'No Data'
            when health_score >= 75 then 'Excellent'
            when health_score >= 55 then 'Good'
            when health_score >= 35 then 'Fair'
            else 'Poor'
        end as rating,
        {%- for part in ['coverage', 'distribution', 'win_rate', 'velocity'] %}
        case when opportunity_count > 0 then {{ part }}_part end as {{ part }}_part,
        {%- endfor %}
        opportunity_count,
        open_count,
        closed_count,
        won_count,
        cast(open_amount as numeric(38, 2)) as open_amount,
        cast(weighted_amount as double precision) as weighted_amount,
        {%- for forecast in forecasts %}
        cast({{ forecast }}_amount as numeric(38, 2)) as {{ forecast }}_amount,
        {%- endfor %}
        stalled_count,
        cast(stalled_amount as numeric(38, 2)) as stalled_amount,
        cast(largest_open_amount as numeric(38, 2)) as largest_open_amount,
        early_open_count,
        is_stalled,
        is_concentrated,
        is_top_thin,
        is_win_rate_low,
        nullif(concat_ws(
            ' ',
            case when is_stalled then 'Call on, or close, what has stood in its stage for more than 30 days.' end,
            case when is_concentrated then 'Find more deals: one holds more than 40 % of the open amount.' end,
            case when is_top_thin then 'Fill the top of the funnel: fewer than five are in Prospecting or Qualification.' end,
            case when is_win_rate_low then 'Review how opportunities are qualified: few of them are won.' end
        ), '') as recommendations
    from scored

)

select * from final
{%- if is_incremental() %}
-- a build that looks back does not know how the pipeline was then
where
    not exists (
        select 1 from {{ this }} as known
        where known.as_of_date > final.as_of_date
    )
{%- endif %}
