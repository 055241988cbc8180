with

{% for history, key in [
    ('dim_lead_history', 'lead_id'),
    ('dim_opportunity_history', 'opportunity_id'),
    ('dim_account_history', 'account_id'),
    ('dim_license_history', 'facility_key'),
] %}
{{ history }} as (

    select
        '{{ history }}' as history,
        {{ key }} as record_id,
        count(*) as version_count,
        sum(case when is_current then 1 else 0 end) as current_count,
        sum(case when is_current <> (valid_to is null) then 1 else 0 end) as contradiction_count
    from {{ ref(history) }}
    group by {{ key }}

),
{% endfor %}

unioned as (

    select * from dim_lead_history
    union all
    select * from dim_opportunity_history
    union all
    select * from dim_account_history
    union all
    select * from dim_license_history

)

select * from unioned
where
    current_count <> 1
    or contradiction_count > 0
