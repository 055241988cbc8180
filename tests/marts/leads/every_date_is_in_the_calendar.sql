-- Only a date before 1900 or after 2100, a slip of the pen, can be missing.
{{ config(severity='warn') }}

with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

dim_date as (

    select * from {{ ref('dim_date') }}

)

{% for column in ['created_at', 'last_modified_at', 'last_activity_date', 'converted_date', 'issue_date', 'expiry_date'] %}
select
    leads.lead_key,
    '{{ column }}' as column_name
from leads
left join dim_date on cast(leads.{{ column }} as date) = dim_date.date_day
where
    leads.{{ column }} is not null
    and dim_date.date_day is null
{{ 'union all' if not loop.last }}
{% endfor %}
