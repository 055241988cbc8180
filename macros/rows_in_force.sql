{# Rows of files need no ranking, which would cost more than all else that is done to them. #}
{% macro rows_in_force(source_name, table_name, id_column, version_column) -%}
    {%- set rows = source('raw_' ~ source_name, table_name) -%}
    {%- set latest = latest_period(source_name, table_name) -%}
    (
        select *
        from (
            select *, 1 as version_rank
            from {{ rows }}
            where _period = {{ latest }}
            union all
            select
                *,
                row_number() over (
                    partition by {{ clean_text(id_column) }}
                    order by {{ try_timestamp(version_column) }} desc nulls last, _row_number desc
                ) as version_rank
            from {{ rows }}
            where _period is null and {{ latest }} is null
        ) as versions
        where version_rank = 1
    ) as rows_in_force
{%- endmacro %}
