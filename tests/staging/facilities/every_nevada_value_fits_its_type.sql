{{ config(severity='warn', fail_calc='coalesce(sum(value_count), 0)') }}

select * from {{ unreadable_values(source('raw_facilities', 'nevada'), {
    'first_issue_date': us_date('first_issue_date'),
    'expiration_date': us_date('expiration_date'),
    'disciplinary_action': try_boolean('disciplinary_action'),
    'address': nevada_postal_code('address'),
}) }}
