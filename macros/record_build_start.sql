{# A run that is killed leaves its row unfinished, and so tells the next build that nothing can be taken for granted. #}
{% macro record_build_start() -%}
    {%- if execute and flags.WHICH in ('build', 'run', 'seed', 'snapshot') -%}
        insert into {{ source('operations', 'builds').render() }} (run_id, command, started_at, fingerprint)
        values (
            {{ quoted(invocation_id) }},
            {{ quoted(flags.WHICH) }},
            timestamp '{{ run_started_at.strftime('%Y-%m-%d %H:%M:%S.%f') }}',
            {{ quoted(env_var('LEADHOUSE_BUILD_FINGERPRINT', '')) }}
        )
    {%- endif -%}
{%- endmacro %}
