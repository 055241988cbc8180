{% macro nevada_postal_code(address) %}
{{ normalize_postal_code(regex_extract(address, '([0-9]{5}(-[0-9]{4})?)[[:space:]]*$')) }}
{%- endmacro %}
