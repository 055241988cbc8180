{% macro try_timestamp(column) -%}
    {{ adapter.dispatch('try_timestamp')(column, timestamp_grammar()) }}
{%- endmacro %}

{# Clean text without an offset, by far the most frequent, goes through one match and one cast. #}
{% macro duckdb__try_timestamp(column, grammar) -%}
    case
        when {{ regex_matches(column, '^' ~ grammar.local ~ '$') }} then try_cast({{ column }} as timestamp)
        else make_timestamp(epoch_us(try_cast({{ text_with_offset(column, grammar) }} as timestamptz)))
    end
{%- endmacro %}

{# Postgres would round a seventh decimal, up to the next day. #}
{% macro postgres__try_timestamp(column, grammar) -%}
    cast(
        {{ regex_replace(text_with_offset(column, grammar), '([.][0-9]{6})[0-9]+', '\\1') }}
        as timestamptz
    ) at time zone 'UTC'
{%- endmacro %}


{% macro timestamp_grammar() -%}
    {%- set time = '(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,9})?)?' -%}
    {{ return({
        'local': date_grammar('YYYY-MM-DD') ~ '(?:[ T]' ~ time ~ ')?',
        'with_offset': date_grammar('YYYY-MM-DD') ~ '[ T]' ~ time ~ '(?:Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)',
    }) }}
{%- endmacro %}

{% macro text_with_offset(column, grammar) -%}
    coalesce({{ fitting_text(column, grammar.with_offset) }}, {{ fitting_text(column, grammar.local) }} || 'Z')
{%- endmacro %}
