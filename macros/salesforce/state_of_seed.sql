{# One text for the rows of a seed: another one when they change. #}
{% macro state_of_seed(seed) -%}
    (
        select cast(coalesce(sum({{ row_hash(['seed_row']) }}), 0) as {{ dbt.type_string() }})
        from {{ ref(seed) }} as seed_row
    )
{%- endmacro %}
