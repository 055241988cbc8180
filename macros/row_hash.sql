{#
    A whole number for some values, below 2 ^ 40, so that many can be added up: the same sum, the same rows. Not the same number on
    every engine.
#}
{% macro row_hash(columns) -%}
    {{ adapter.dispatch('row_hash')(columns) }}
{%- endmacro %}

{% macro duckdb__row_hash(columns) -%}
    cast(hash({{ columns | join(', ') }}) % 1099511627776 as bigint)
{%- endmacro %}

{% macro postgres__row_hash(columns) -%}
    hashtextextended(cast(row({{ columns | join(', ') }}) as text), 0) % 1099511627776
{%- endmacro %}
