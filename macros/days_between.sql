{% macro days_between(start, end) -%}
    {{ adapter.dispatch('days_between')('cast(' ~ start ~ ' as timestamp)', 'cast(' ~ end ~ ' as timestamp)') }}
{%- endmacro %}

{% macro duckdb__days_between(start, end) -%}
    (cast(epoch_us({{ end }}) - epoch_us({{ start }}) as double precision) / 86400000000)
{%- endmacro %}

{% macro postgres__days_between(start, end) -%}
    (cast(extract(epoch from {{ end }} - {{ start }}) * 1000000 as double precision) / 86400000000)
{%- endmacro %}
