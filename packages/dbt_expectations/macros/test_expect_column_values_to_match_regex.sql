{# As in the package from the hub, a null fails on Postgres and passes on DuckDB: a row_condition leaves nulls out on both. #}
{% test expect_column_values_to_match_regex(model, column_name, regex, row_condition=none, is_raw=false, flags='') %}
    {{ dbt_expectations.rows_where_false(
        model, adapter.dispatch('matches_regex', 'dbt_expectations')(column_name, regex, flags), row_condition
    ) }}
{% endtest %}

{% macro duckdb__matches_regex(column_name, regex, flags) -%}
    regexp_matches({{ column_name }}, '{{ regex }}', '{{ flags }}')
{%- endmacro %}

{% macro postgres__matches_regex(column_name, regex, flags) -%}
    regexp_match({{ column_name }}, '{{ regex }}', '{{ flags }}') is not null
{%- endmacro %}
