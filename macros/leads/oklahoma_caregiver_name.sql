{% macro oklahoma_caregiver_name(primary_caregiver) %}
{{ clean_text(regex_extract(primary_caregiver, '^[[:space:]]*([^\\r\\n]+)')) }}
{%- endmacro %}
