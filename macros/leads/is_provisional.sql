{% macro is_provisional(credential_type) %}
{{ regex_matches(fold(credential_type), '[(]provisional[)]$') }}
{%- endmacro %}
