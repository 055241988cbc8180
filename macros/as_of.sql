{% macro as_of() -%}
    {%- set given = (var('as_of', '') or '') | string -%}
    {%- if given and not modules.re.fullmatch('\d{4}-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])([T ].+)?', given) -%}
        {{ exceptions.raise_compiler_error("as_of is '" ~ given ~ "'; write a day or a moment, as in 2026-06-30 or 2026-06-30T13:10:00+02:00") }}
    {%- endif -%}
    {%- set moment = modules.datetime.datetime.fromisoformat(given) if given else run_started_at -%}
    {%- if moment.tzinfo -%}
        {%- set moment = moment.astimezone(modules.pytz.utc) -%}
    {%- endif -%}
    timestamp '{{ moment.strftime('%Y-%m-%d %H:%M:%S.%f') }}'
{%- endmacro %}
