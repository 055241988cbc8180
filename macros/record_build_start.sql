{#
    A run that is killed leaves its row unfinished, and so tells the next build that nothing can be taken for granted. No run has
    started before the last one, even where the clock went back.
#}
{% macro record_build_start() -%}
    {%- if execute and flags.WHICH in ('build', 'run', 'seed', 'snapshot') -%}
        insert into {{ source('operations', 'builds').render() }} (run_id, command, started_at, fingerprint)
        values (
            {{ quoted(invocation_id) }},
            {{ quoted(flags.WHICH) }},
            greatest(
                timestamp '{{ run_started_at.strftime('%Y-%m-%d %H:%M:%S.%f') }}',
                (select max(started_at) + interval '1 microsecond' from {{ source('operations', 'builds').render() }})
            ),
            {{ quoted(env_var('LEADHOUSE_BUILD_FINGERPRINT', '')) }}
        )
    {%- endif -%}
{%- endmacro %}
