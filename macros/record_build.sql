{% macro record_build(results) -%}
    {%- if execute and results is not none and flags.WHICH in ('build', 'run', 'seed', 'snapshot') -%}
        {%- set failed = results | selectattr('status', 'in', ['error', 'fail', 'runtime error', 'partial success', 'skipped']) | list -%}
        {%- set finished_at = modules.datetime.datetime.now(modules.pytz.utc) -%}
        update {{ source('operations', 'builds').render() }}
        set
            finished_at = timestamp '{{ finished_at.strftime('%Y-%m-%d %H:%M:%S.%f') }}',
            nodes_run = {{ results | length }},
            nodes_failed = {{ failed | length }}
        where run_id = {{ quoted(invocation_id) }}
    {%- endif -%}
{%- endmacro %}
