with

{% for history, source_model, key in [
    ('dim_lead_history', 'int_history_leads', 'lead_id'),
    ('dim_opportunity_history', 'int_history_opportunities', 'opportunity_id'),
    ('dim_account_history', 'int_history_accounts', 'account_id'),
    ('dim_license_history', 'int_history_licenses', "source_system || ' ' || license_number"),
] %}
{{ history }} as (

    select
        '{{ history }}' as history,
        {{ key }} as record_id,
        1 as in_history,
        0 as in_source
    from {{ ref(history) }}
    where is_current and not has_vanished

    union all

    select
        '{{ history }}' as history,
        {{ key }} as record_id,
        0 as in_history,
        1 as in_source
    from {{ ref(source_model) }}

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

select
    history,
    record_id
from unioned
group by history, record_id
having sum(in_history) <> sum(in_source)
