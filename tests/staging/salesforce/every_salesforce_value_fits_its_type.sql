{{ config(severity='warn', fail_calc='coalesce(sum(value_count), 0)') }}

{%- set casts = {} -%}
{%- for column in [
    'created_date', 'last_modified_date', 'system_modstamp', 'last_activity_date', 'last_viewed_date', 'last_referenced_date',
    'email_bounced_date', 'converted_date', 'lead_source_last_updated_c',
] -%}
    {%- do casts.update({column: try_timestamp(column)}) -%}
{%- endfor -%}
{%- for column in ['current_enrollment_c', 'capacity_c'] -%}
    {%- do casts.update({column: try_integer(column)}) -%}
{%- endfor -%}
{%- for column in ['is_deleted', 'is_converted'] -%}
    {%- do casts.update({column: try_boolean(column)}) -%}
{%- endfor %}

{{ unreadable_values(source('raw_salesforce', 'lead'), casts) }}
