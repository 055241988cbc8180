{{ config(severity='warn', fail_calc='coalesce(sum(value_count), 0)') }}

select * from {{ unreadable_values(source('raw_facilities', 'texas'), {
    'issue_date': us_date('issue_date'),
    'capacity': try_count('capacity'),
    'zip': normalize_postal_code('zip'),
    'infant': try_boolean('infant'),
    'toddler': try_boolean('toddler'),
    'preschool': try_boolean('preschool'),
    'school': try_boolean('school'),
}) }}
