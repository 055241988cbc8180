{% macro try_timestamp(column) -%}
    {%- set time = '(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,9})?)?' -%}
    {%- set local = date_grammar('YYYY-MM-DD') ~ '(?:[ T]' ~ time ~ ')?' -%}
    {%- set zoned = date_grammar('YYYY-MM-DD') ~ '[ T]' ~ time ~ '(?:Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)' -%}
    {{ adapter.dispatch('try_timestamp')(column, local, zoned) }}
{%- endmacro %}

{#
    Of raw data nearly all is clean and without an offset: one match and one cast.
    Of a coalesce DuckDB may work out the second part for every row, of a case only the branch that applies.
#}
{% macro duckdb__try_timestamp(column, local, zoned) -%}
    case
        when {{ regex_matches(column, '^' ~ local ~ '$') }} then try_cast({{ column }} as timestamp)
        else coalesce(
            try_cast({{ fitting_text(column, local) }} as timestamp),
            make_timestamp(epoch_us(try_cast({{ fitting_text(column, zoned) }} as timestamptz)))
        )
    end
{%- endmacro %}

{# Postgres would round a seventh decimal, up to the next day. #}
{% macro postgres__try_timestamp(column, local, zoned) -%}
    {%- set more_decimals = '([.][0-9]{6})[0-9]+' -%}
    coalesce(
        cast({{ regex_replace(fitting_text(column, local), more_decimals, '\\1') }} as timestamp),
        cast({{ regex_replace(fitting_text(column, zoned), more_decimals, '\\1') }} as timestamptz) at time zone 'UTC'
    )
{%- endmacro %}
