{# A whole number for a text, below 2 ^ 40, so that many can be added up; not the same on every engine. #}
{% macro text_hash(column) -%}
    {{ adapter.dispatch('text_hash')(column) }}
{%- endmacro %}

{% macro duckdb__text_hash(column) -%}
    cast(hash({{ column }}) % 1099511627776 as bigint)
{%- endmacro %}

{% macro postgres__text_hash(column) -%}
    hashtextextended({{ column }}, 0) % 1099511627776
{%- endmacro %}
