{% macro record_run(results) -%}
    {#- rendered by hand: under --empty a source is a query -#}
    {%- set runs = source('operations', 'runs').render() -%}
    {%- if execute and results and flags.WHICH in ('build', 'run', 'seed', 'snapshot') -%}
        {%- set failed = results | selectattr('status', 'in', ['error', 'fail', 'runtime error', 'partial success', 'skipped']) | list -%}
        {%- set finished_at = modules.datetime.datetime.now(modules.pytz.utc) -%}
        insert into {{ runs }} (run_id, command, started_at, finished_at, nodes_run, nodes_failed, fingerprint)
        values (
            {{ quoted(invocation_id) }},
            {{ quoted(flags.WHICH) }},
            timestamp '{{ run_started_at.strftime('%Y-%m-%d %H:%M:%S.%f') }}',
            timestamp '{{ finished_at.strftime('%Y-%m-%d %H:%M:%S.%f') }}',
            {{ results | length }},
            {{ failed | length }},
            {{ quoted(env_var('LEADHOUSE_BUILD_FINGERPRINT', '')) }}
        )
    {%- endif -%}
{%- endmacro %}
