{#
    A snapshot's rows (with `version_at`, the source's own stamp) as versions that follow one another, with `valid_from` and `valid_to`.

    The source's stamps give the order, so that a version which comes late takes its place, and of two with one stamp the one
    seen last counts. Once a record has vanished, or come without a stamp or with one of the future, when it was seen does.
#}
{% macro history_versions(snapshot, keys) -%}
    {%- set keys = keys | join(', ') -%}
    (
        select
            *,
            lead(valid_from) over (partition by {{ keys }} order by valid_from) as valid_to
        from (
            select
                *,
                row_number() over (partition by {{ keys }}, valid_from order by dbt_valid_from desc) as sight_rank
            from (
                select
                    *,
                    case
                        when count(case when dbt_is_deleted = 'True' or version_at is null or version_at > dbt_valid_from then 1 end) over (
                            partition by {{ keys }} order by dbt_valid_from rows unbounded preceding
                        ) = 0
                            then version_at
                        else dbt_valid_from
                    end as valid_from
                from {{ snapshot }}
            ) as dated
        ) as ranked
        where sight_rank = 1
    ) as history_versions
{%- endmacro %}
