{% test expect_table_row_count_to_equal_other_table(
    model, compare_model, group_by=none, compare_group_by=none, factor=1, row_condition=none, compare_row_condition=none
) %}

{%- set keys = group_by or [] -%}

with

own as (
    {{ dbt_expectations.row_counts(model, keys, row_condition) }}
),

other as (
    {{ dbt_expectations.row_counts(compare_model, compare_group_by or keys, compare_row_condition or row_condition) }}
),

compared as (
    select
        {%- for key in keys %}
        coalesce(own.key_{{ loop.index }}, other.key_{{ loop.index }}) as key_{{ loop.index }},
        {%- endfor %}
        coalesce(own.row_count, 0) as row_count,
        coalesce(other.row_count, 0) * {{ factor }} as expected_row_count
    from own
    {%- for key in keys %}
    {{ 'full outer join other on' if loop.first else 'and' }} own.key_{{ loop.index }} = other.key_{{ loop.index }}
    {%- else %}
    cross join other
    {%- endfor %}
)

select *
from compared
where row_count <> expected_row_count

{% endtest %}


{% macro row_counts(model, keys, row_condition) -%}
    select
        {%- for key in keys %}
        {{ key }} as key_{{ loop.index }},
        {%- endfor %}
        count(*) as row_count
    from {{ model }}
    {%- if row_condition %}
    where {{ row_condition }}
    {%- endif %}
    {%- if keys %}
    group by {{ keys | join(', ') }}
    {%- endif %}
{%- endmacro %}
