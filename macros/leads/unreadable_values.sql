{% macro unreadable_values(relation, casts) %}
(
    {%- for column, value in casts.items() %}
    select
        '{{ column }}' as column_name,
        count(*) as value_count
    from {{ relation }}
    where {{ is_invalid(column, value) }}
    having count(*) > 0
    {{ 'union all' if not loop.last }}
    {%- endfor %}
) as unreadable
{%- endmacro %}
