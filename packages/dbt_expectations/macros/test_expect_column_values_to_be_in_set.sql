{# A null is in no set. #}
{% test expect_column_values_to_be_in_set(model, column_name, value_set, quote_values=true, row_condition=none) %}

{%- set members = [] -%}
{%- for value in value_set -%}
    {%- do members.append("cast('" ~ value ~ "' as " ~ dbt.type_string() ~ ')' if quote_values else value) -%}
{%- endfor -%}

    {{ dbt_expectations.rows_where_false(
        model, 'coalesce(' ~ column_name ~ ' in (' ~ members | join(', ') ~ '), false)', row_condition
    ) }}
{% endtest %}
