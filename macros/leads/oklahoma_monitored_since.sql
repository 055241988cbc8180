{% macro oklahoma_monitored_since(license_monitoring_since) %}
{{ try_date(regex_extract(license_monitoring_since, '([0-9]{4}-[0-9]{2}-[0-9]{2})'), 'YYYY-MM-DD') }}
{%- endmacro %}
