{#
    The newest version of each record of an object: of those read over the API, or of those in the newest delivery of files. In
    an increment only records of which a delivery is new. `seeds` are those that the model reads.
#}
{% macro newest_records(table_name, version_column='system_modstamp', seeds=[]) -%}
    (
        {%- if is_incremental() %}
        -- materialized: what is asked of each row is asked of the changed ones only
        with changed as materialized (
            select * from {{ source('raw_salesforce', table_name) }}
            where id in ({{ changed_ids('salesforce', table_name, seeds) }})
        )
        {% endif %}
        select *
        from (
            select
                *,
                {{ delivery_id('salesforce', table_name, seeds) }} as delivery_id,
                row_number() over (
                    partition by {{ clean_text('id') }}
                    order by {{ try_timestamp(version_column) }} desc nulls last, _row_number desc nulls last
                ) as version_rank
            from {{ 'changed' if is_incremental() else source('raw_salesforce', table_name) }}
            where
                {{ in_latest_period('salesforce', table_name) }}
                and {{ clean_text('id') }} is not null
        ) as versions
        where version_rank = 1
    ) as newest_records
{%- endmacro %}
