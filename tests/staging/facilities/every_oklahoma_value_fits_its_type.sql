{{ config(severity='warn', fail_calc='coalesce(sum(value_count), 0)') }}

select * from {{ unreadable_values(source('raw_facilities', 'oklahoma'), {
    'type_license': oklahoma_license_number('type_license'),
    'star_level': oklahoma_star_level('star_level'),
    'total_cap': try_count('total_cap'),
    'zip': normalize_postal_code('zip'),
    'license_monitoring_since': oklahoma_monitored_since('license_monitoring_since'),
}) }}
