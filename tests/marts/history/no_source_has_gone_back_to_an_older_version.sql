{{ config(severity='warn') }}

with

{% for history, source_model, key in [
    ('dim_lead_history', 'int_history_leads', 'lead_id'),
    ('dim_opportunity_history', 'int_history_opportunities', 'opportunity_id'),
    ('dim_account_history', 'int_history_accounts', 'account_id'),
] %}
{{ history }} as (

    select
        '{{ history }}' as history,
        histories.{{ key }} as record_id,
        histories.valid_from,
        records.version_at as source_version_at
    from {{ ref(history) }} as histories
    inner join {{ ref(source_model) }} as records on histories.{{ key }} = records.{{ key }}
    where histories.is_current and histories.valid_from < histories.seen_at

),
{% endfor %}

unioned as (

    select * from dim_lead_history
    union all
    select * from dim_opportunity_history
    union all
    select * from dim_account_history

)

select * from unioned
where source_version_at < valid_from
