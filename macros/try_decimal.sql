{% macro try_decimal(column, precision=18, scale=2) -%}
    {%- set digits = fitting_text(column, '[+-]?(?:[0-9]{1,38}(?:[.][0-9]{0,38})?|[.][0-9]{1,38})') -%}
    {{ adapter.dispatch('try_decimal')(digits, precision, scale) }}
{%- endmacro %}

{% macro duckdb__try_decimal(digits, precision, scale) -%}
    try_cast({{ digits }} as decimal({{ precision }}, {{ scale }}))
{%- endmacro %}

{% macro postgres__try_decimal(digits, precision, scale) -%}
    case
        when abs(round(cast({{ digits }} as numeric), {{ scale }})) < 1e{{ precision - scale }}
            then cast({{ digits }} as numeric({{ precision }}, {{ scale }}))
    end
{%- endmacro %}
