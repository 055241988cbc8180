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

score as (

    select * from {{ ref('int_pipeline_score') }}

),

final as (

    select
        cast({{ as_of() }} as date) as as_of_date,
        cast(score.health_score as double precision) as health_score,
        case
            when score.health_score is null then 'No Data'
            when score.health_score >= 75 then 'Excellent'
            when score.health_score >= 55 then 'Good'
            when score.health_score >= 35 then 'Fair'
            else 'Poor'
        end as rating,
        score.coverage_part,
        score.distribution_part,
        score.win_rate_part,
        score.velocity_part,
        measures.opportunity_count,
        measures.open_count,
        measures.closed_count,
        measures.won_count,
        cast(measures.open_amount as numeric(38, 2)) as open_amount,
        cast(measures.weighted_amount as double precision) as weighted_amount,
        {%- for forecast in forecasts %}
        cast(measures.{{ forecast }}_amount as numeric(38, 2)) as {{ forecast }}_amount,
        {%- endfor %}
        measures.stalled_count,
        cast(measures.stalled_amount as numeric(38, 2)) as stalled_amount,
        cast(measures.largest_open_amount as numeric(38, 2)) as largest_open_amount,
        measures.early_open_count,
        score.is_stalled,
        score.is_concentrated,
        score.is_top_thin,
        score.is_win_rate_low,
        nullif(concat_ws(
            ' ',
            case when score.is_stalled then 'Call on, or close, what has stood in its stage for more than 30 days.' end,
            case when score.is_concentrated then 'Find more deals: one holds more than 40 % of the open amount.' end,
            case
                when score.is_top_thin
                    then 'Fill the top of the funnel: fewer than five are in Prospecting or Qualification.'
            end,
            case when score.is_win_rate_low then 'Review how opportunities are qualified: few of them are won.' end
        ), '') as recommendations
    from measures
    cross join score

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
