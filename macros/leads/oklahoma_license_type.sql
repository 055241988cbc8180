{% macro oklahoma_license_type(type_license) %}
{{ clean_text(regex_replace(type_license, '[[:space:]]-[[:space:]]*[^[:space:]]+[[:space:]]*$', '')) }}
{%- endmacro %}
