{{ config(severity='warn', fail_calc='coalesce(sum(value_count), 0)') }}

select * from {{ unreadable_values(source('raw_salesforce', 'lead'), {
    'created_date': try_timestamp('created_date'),
    'last_modified_date': try_timestamp('last_modified_date'),
    'system_modstamp': try_timestamp('system_modstamp'),
    'last_activity_date': try_timestamp('last_activity_date'),
    'last_viewed_date': try_timestamp('last_viewed_date'),
    'last_referenced_date': try_timestamp('last_referenced_date'),
    'email_bounced_date': try_timestamp('email_bounced_date'),
    'converted_date': try_timestamp('converted_date'),
    'lead_source_last_updated_c': try_timestamp('lead_source_last_updated_c'),
    'current_enrollment_c': try_count('current_enrollment_c'),
    'capacity_c': try_count('capacity_c'),
    'is_deleted': try_boolean('is_deleted'),
    'is_converted': try_boolean('is_converted'),
}) }}
