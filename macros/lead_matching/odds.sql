{# Whole thousandths; not by round(), which takes a half to the even number on one engine. #}
{% macro odds(millibits) -%}
    cast(floor(1000 * power(cast(2 as double precision), least({{ millibits }}, 30000) / cast(1000 as double precision)) + 0.5) as bigint)
{%- endmacro %}
