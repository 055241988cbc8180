{% macro clean_text(column) -%}
    {{ adapter.dispatch('clean_text')(column) }}
{%- endmacro %}

{% macro default__clean_text(column) -%}
    nullif(trim(both {{ quoted(white_space()) }} from {{ column }}), '')
{%- endmacro %}

{# DuckDB's trim takes ten times as long as a look whether there is anything to trim. #}
{% macro duckdb__clean_text(column) -%}
    case
        when {{ regex_matches(column, '^[' ~ white_space() ~ ']|[' ~ white_space() ~ ']$') }}
            then nullif(trim({{ column }}, {{ quoted(white_space()) }}), '')
        else nullif({{ column }}, '')
    end
{%- endmacro %}
