-- Of the leads created in a month, how many were converted within 30, 90 and 180 days? Null until all of them have had that long.
{%- set horizons = [30, 90, 180] %}

with

leads as (

    select
        lead_id,
        {{ month_start('created_at') }} as month,
        {{ days_between('created_at', 'converted_at') }} as days_to_conversion,
        {{ days_between('created_at', as_of()) }} as age_days
    from {{ ref('int_lead_outcomes') }}

),

final as (

    select
        month,
        count(*) as leads,
        count(days_to_conversion) as converted_so_far
        {%- for days in horizons %}
        {%- set in_time = 'count(case when days_to_conversion <= ' ~ days ~ ' then 1 end)' %},
        case when min(age_days) >= {{ days }} then {{ safe_divide(in_time, 'count(*)') }} end as converted_within_{{ days }}_days
        {%- endfor %}
    from leads
    group by month

)

select * from final
order by month
