{% macro oklahoma_caregiver_role(primary_caregiver) %}
{{ regex_extract(primary_caregiver, '[\\r\\n][[:space:]]*([^\\r\\n]*[^[:space:]])[[:space:]]*$') }}
{%- endmacro %}
