{{ config(severity='warn', fail_calc='coalesce(sum(value_count), 0)') }}

{%- set unreadable %}
select
    'customers.csv' as file_name,
    column_name,
    value_count
from {{ unreadable_values(source('raw_crm_exports', 'customers'), {
    'employee_count': try_decimal('employee_count'),
    'annual_revenue': try_decimal('annual_revenue'),
    'created_at': try_timestamp('created_at'),
}) }}

union all

select
    'interactions.csv' as file_name,
    column_name,
    value_count
from {{ unreadable_values(source('raw_crm_exports', 'interactions'), {
    'interaction_time_minutes': try_decimal('interaction_time_minutes'),
    'interaction_date': try_timestamp('interaction_date'),
}) }}

union all

select
    'leads.csv' as file_name,
    column_name,
    value_count
from {{ unreadable_values(source('raw_crm_exports', 'deals'), {
    'deal_value': try_decimal('deal_value'),
    'created_at': try_timestamp('created_at'),
    'updated_at': try_timestamp('updated_at'),
}) }}

union all

select
    'products.csv' as file_name,
    column_name,
    value_count
from {{ unreadable_values(source('raw_crm_exports', 'products'), {
    'base_price': try_decimal('base_price'),
    'launch_date': try_timestamp('launch_date'),
}) }}
{%- endset %}

{%- do warn_by_name(unreadable, 'cells of an export of another CRM fit no type and become null (file, column, cells)') %}

{{ unreadable }}
