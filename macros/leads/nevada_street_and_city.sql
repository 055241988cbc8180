{% macro nevada_street_and_city(address) %}
{{ regex_replace(address, '[,[:space:]]+(NV|Nv|nv|NEVADA|Nevada)[.]?([[:space:]]+[0-9]{5}(-[0-9]{4})?)?[[:space:]]*$', '') }}
{%- endmacro %}
