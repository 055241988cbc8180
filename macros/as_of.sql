{% macro as_of() -%}
    {%- set given = var('as_of', '') | string -%}
    {%- set moment = modules.datetime.datetime.fromisoformat(given) if given else run_started_at -%}
    {%- if moment.tzinfo -%}
        {%- set moment = moment.astimezone(modules.pytz.utc) -%}
    {%- endif -%}
    timestamp '{{ moment.strftime('%Y-%m-%d %H:%M:%S.%f') }}'
{%- endmacro %}
