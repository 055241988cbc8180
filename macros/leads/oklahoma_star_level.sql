{% macro oklahoma_star_level(star_level) %}
{{ try_integer(regex_extract(star_level, '^[[:space:]]*([0-9]+)[[:space:]]')) }}
{%- endmacro %}
