{#
    When a snapshot saw what it saw: `as_of`, as everywhere, but never before what it has already seen: a build that looks back
    must not turn the order of what was seen around. dbt asks this macro instead of its own, which knows no time zone.
#}
{% macro default__snapshot_get_time() -%}
    {%- set taken = load_cached_relation(this) if execute else none -%}
    {%- if taken and flags.EMPTY -%}
        {{ exceptions.raise_compiler_error(
            this ~ ": with --empty all that it has seen would count as vanished; leave it out with --exclude-resource-type snapshot"
        ) }}
    {%- elif taken -%}
        greatest({{ as_of() }}, (select max(dbt_valid_from) + interval '1 microsecond' from {{ taken }}))
    {%- else -%}
        {{ as_of() }}
    {%- endif -%}
{%- endmacro %}
