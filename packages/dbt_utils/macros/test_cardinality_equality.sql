{# A value and its number of rows that both sides have comes up twice; all others are wrong. #}
{% test cardinality_equality(model, column_name, to, field) %}

with

counted as (
    select {{ column_name }} as checked_value, count(*) as row_count
    from {{ model }}
    group by {{ column_name }}

    union all

    select {{ field }} as checked_value, count(*) as row_count
    from {{ to }}
    group by {{ field }}
),

found_on_one_side as (
    select checked_value, row_count
    from counted
    group by checked_value, row_count
    having count(*) = 1
)

select * from found_on_one_side

{% endtest %}
