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
    'number_of_employees': try_decimal('number_of_employees'),
    'annual_revenue': try_decimal('annual_revenue'),
    'website_visits_c': try_decimal('website_visits_c'),
    'content_downloads_c': try_decimal('content_downloads_c'),
    'email_opens_c': try_decimal('email_opens_c'),
    'days_since_last_activity_c': try_decimal('days_since_last_activity_c'),
    'is_deleted': try_boolean('is_deleted'),
    'is_converted': try_boolean('is_converted'),
}) }}

union all

select * from {{ unreadable_values(source('raw_salesforce', 'account'), {
    'annual_revenue': try_decimal('annual_revenue'),
    'number_of_employees': try_decimal('number_of_employees'),
    'last_activity_date': try_timestamp('last_activity_date'),
    'is_deleted': try_boolean('is_deleted'),
}) }}

union all

select * from {{ unreadable_values(source('raw_salesforce', 'opportunity'), {
    'amount': try_decimal('amount'),
    'probability': try_decimal('probability'),
    'days_in_stage_c': try_decimal('days_in_stage_c'),
    'close_date': try_timestamp('close_date'),
    'last_stage_change_date': try_timestamp('last_stage_change_date'),
    'is_closed': try_boolean('is_closed'),
    'is_won': try_boolean('is_won'),
    'is_deleted': try_boolean('is_deleted'),
}) }}

union all

select * from {{ unreadable_values(source('raw_salesforce', 'case'), {
    'customer_satisfaction_c': try_decimal('customer_satisfaction_c'),
    'is_deleted': try_boolean('is_deleted'),
}) }}
