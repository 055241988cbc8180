{#
    The newest version of each record of an object: of those read over the API, or of those in the newest delivery of files. In
    an increment only records of which a delivery is new. `seeds` are those that the model reads.
#}
{% macro newest_records(table_name, version_column='system_modstamp', seeds=[]) -%}
    (
        select *
        from (
            select
                *,
                row_number() over (
                    partition by {{ clean_text('id') }}
                    order by {{ try_timestamp(version_column) }} desc nulls last, _row_number desc nulls last
                ) as version_rank
            from {{ delivered_rows('salesforce', table_name, seeds) }}
            where {{ in_latest_period('salesforce', table_name) }}
        ) as versions
        where version_rank = 1
    ) as newest_records
{%- endmacro %}
