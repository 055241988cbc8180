{# Whole days of the calendar (UTC) from a date or moment up to `as_of`, never less than 0; null for none. #}
{% macro days_since(moment) -%}
    case when {{ moment }} is not null then greatest(cast({{ as_of() }} as date) - cast({{ moment }} as date), 0) end
{%- endmacro %}
