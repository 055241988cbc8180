{% macro try_integer(column) -%}
    {{ adapter.dispatch('try_integer')(fitting_text(column, '[+-]?[0-9]{1,38}')) }}
{%- endmacro %}

{% macro duckdb__try_integer(digits) -%}
    try_cast({{ digits }} as bigint)
{%- endmacro %}

{% macro postgres__try_integer(digits) -%}
    case
        when cast({{ digits }} as numeric) between -9223372036854775808 and 9223372036854775807
            then cast({{ digits }} as bigint)
    end
{%- endmacro %}
