{# What an increment compares must be there; a table of an earlier version is made anew. #}
{% macro require_columns(columns) -%}
    {%- set held = adapter.get_columns_in_relation(this) | map(attribute='name') | list -%}
    {%- if columns | reject('in', held) | list -%}
        {{ exceptions.raise_compiler_error(
            this ~ ' was made by an earlier version of Leadhouse; build once with --full-refresh --select ' ~ this.identifier ~ '+'
        ) }}
    {%- endif -%}
{%- endmacro %}
