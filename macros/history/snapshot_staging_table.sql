{#
    What a snapshot has to close and to add: one join with what it holds finds the records that are new, differ, vanished or came back.
    dbt's own macro, which is asked for where records that vanish get no row of their own, joins and hashes all rows four times.
#}
{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {%- if strategy.hard_deletes != 'new_record' -%}
        {{ return(dbt.default__snapshot_staging_table(strategy, source_sql, target_relation)) }}
    {%- endif -%}

    {%- set keys = [strategy.unique_key] if strategy.unique_key is string else strategy.unique_key -%}
    {%- set columns = get_columns_in_query(source_sql) -%}
    {%- set quoted = [] -%}
    {%- for column in columns -%}{%- do quoted.append(adapter.quote(column)) -%}{%- endfor -%}
    {%- set held_columns = adapter.get_columns_in_relation(target_relation) | map(attribute='name') | list -%}

with

source_data as (

    {{ source_sql }}

),

snapshotted_data as (

    select * from {{ target_relation }}
    where dbt_valid_to is null

),

seen as (

    select {{ strategy.updated_at }} as seen_at

),

differing as (

    select
        {%- for column in columns %}
        {%- if column in held_columns %}
        case
            when source_data.{{ keys[0] }} is null then snapshotted_data.{{ adapter.quote(column) }}
            else source_data.{{ adapter.quote(column) }}
        end as {{ adapter.quote(column) }},
        {%- else %}
        source_data.{{ adapter.quote(column) }},
        {%- endif %}
        {%- endfor %}
        source_data.{{ keys[0] }} is null as has_vanished,
        snapshotted_data.dbt_scd_id as held_scd_id,
        snapshotted_data.dbt_is_deleted as held_is_deleted
    from source_data
    full join snapshotted_data
        on {% for key in keys %}source_data.{{ key }} = snapshotted_data.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
    where
        snapshotted_data.dbt_scd_id is null
        or snapshotted_data.dbt_is_deleted = 'True' and source_data.{{ keys[0] }} is not null
        or snapshotted_data.dbt_is_deleted = 'False' and (source_data.{{ keys[0] }} is null or {{ strategy.row_changed }})

),

closed as (

    select
        'update' as dbt_change_type,
        {{ quoted | join(', ') }},
        seen.seen_at as dbt_updated_at,
        seen.seen_at as dbt_valid_from,
        seen.seen_at as dbt_valid_to,
        differing.held_scd_id as dbt_scd_id,
        differing.held_is_deleted as dbt_is_deleted
    from differing
    cross join seen
    where differing.held_scd_id is not null

),

added as (

    select
        'insert' as dbt_change_type,
        {{ quoted | join(', ') }},
        seen.seen_at as dbt_updated_at,
        seen.seen_at as dbt_valid_from,
        nullif(seen.seen_at, seen.seen_at) as dbt_valid_to,
        case
            when differing.has_vanished then {{ snapshot_hash_arguments(['differing.held_scd_id', 'seen.seen_at']) }}
            else {{ snapshot_hash_arguments(keys + ['seen.seen_at']) }}
        end as dbt_scd_id,
        case when differing.has_vanished then 'True' else 'False' end as dbt_is_deleted
    from differing
    cross join seen

)

select * from closed
union all
select * from added
{%- endmacro %}
