{{ config(materialized='view') }}

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

final as (

    select
        case
            when opportunity_count > 0
                then {{ round_half_away('25 * (coverage_part + distribution_part + win_rate_part + velocity_part)', 1) }}
        end as health_score,
        {%- for part in ['coverage', 'distribution', 'win_rate', 'velocity'] %}
        case when opportunity_count > 0 then {{ part }}_part end as {{ part }}_part,
        {%- endfor %}
        stalled_count > 0 as is_stalled,
        largest_open_amount > 0.4 * open_amount as is_concentrated,
        opportunity_count > 0 and early_open_count < 5 as is_top_thin,
        opportunity_count > 0 and 25 * win_rate_part < 10 as is_win_rate_low
    from rated

)

select * from final
