{% macro without_provisional(credential_type) %}
{{ regex_replace(credential_type, '[(][Pp][Rr][Oo][Vv][Ii][Ss][Ii][Oo][Nn][Aa][Ll][)][[:space:]]*$', '') }}
{%- endmacro %}
