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
        valid_from,
        valid_to,
        lead(valid_from) over (partition by {{ key }} order by valid_from, valid_to) as next_valid_from
    from {{ ref(history) }}

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
    valid_to is distinct from next_valid_from
    or valid_to <= valid_from
