{% test expect_table_row_count_to_be_between(model, min_value=none, max_value=none, group_by=none, row_condition=none, strictly=false) %}
    {{ dbt_expectations.rows_where_false(
        model, dbt_expectations.between('count(*)', min_value, max_value, strictly), row_condition, group_by
    ) }}
{% endtest %}
