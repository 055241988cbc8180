{#
    As in the package from the hub, only what both sides have is compared: a group, or a whole table, that is missing on one side passes.
    Where that matters use dbt_expectations.expect_table_row_count_to_equal_other_table.
#}
{% test equal_rowcount(model, compare_model, group_by_columns=[]) %}

{{ config(fail_calc='coalesce(sum(difference), 0)') }}
{%- set columns = group_by_columns | join(', ') -%}

with

groups as (
    select {{ columns ~ ',' if columns }} 'model' as side, count(*) as row_count
    from {{ model }}
    {{ 'group by ' ~ columns if columns else 'having count(*) > 0' }}
),

compared_groups as (
    select {{ columns ~ ',' if columns }} 'compare_model' as side, count(*) as row_count
    from {{ compare_model }}
    {{ 'group by ' ~ columns if columns else 'having count(*) > 0' }}
),

differences as (
    select
        {%- for column in group_by_columns %}
        groups.{{ column }},
        {%- endfor %}
        groups.row_count,
        compared_groups.row_count as compared_row_count,
        abs(groups.row_count - compared_groups.row_count) as difference
    from groups
    inner join compared_groups
        on groups.side <> compared_groups.side
        {%- for column in group_by_columns %}
        and groups.{{ column }} = compared_groups.{{ column }}
        {%- endfor %}
)

select * from differences

{% endtest %}
