{% macro oklahoma_license_number(type_license) %}
{{ regex_extract(type_license, '[[:space:]]-[[:space:]]*([^[:space:]]+)[[:space:]]*$') }}
{%- endmacro %}
