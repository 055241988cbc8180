{#
    All deliveries of a raw table: of millions of rows a few, so that only they are compared with what is known. `delivery_id` says
    what rows of staging are made from: the code, the key of its hashes and the seeds that make them, the period in force, and the
    file or the run that brought them with what there is of it, for a run may bring more after a build has seen it.
#}
{% macro deliveries(source_name, table_name, seeds=[]) -%}
    (
        select
            load_id,
            '{{ staging_version() }}:' || (select left({{ pii_hash("'key'") }}, 8))
            {%- for seed in seeds %} || ':' || {{ state_of_seed(seed) }}{% endfor %}
            || ':' || coalesce({{ latest_period(source_name, table_name) }}, '')
            || ':' || load_id
            || ':' || cast(row_count as {{ dbt.type_string() }})
            || ':' || cast(last_row as {{ dbt.type_string() }}) as delivery_id
        from (
            select
                {{ load_id() }} as load_id,
                count(*) as row_count,
                coalesce(max(_row_number), 0) as last_row
            from {{ source('raw_' ~ source_name, table_name) }}
            group by {{ load_id() }}
        ) as loads
    ) as deliveries
{%- endmacro %}


{# The run or the file that brought a raw row. #}
{% macro load_id() -%}
    coalesce(_run_id, _file_id, '')
{%- endmacro %}
