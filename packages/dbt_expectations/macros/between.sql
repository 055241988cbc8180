{% macro between(expression, min_value, max_value, strictly) -%}
    {%- set or_equal = '' if strictly else '=' -%}
    {%- set bounds = [] -%}
    {%- if min_value is not none -%}
        {%- do bounds.append(expression ~ ' >' ~ or_equal ~ ' ' ~ min_value) -%}
    {%- endif -%}
    {%- if max_value is not none -%}
        {%- do bounds.append(expression ~ ' <' ~ or_equal ~ ' ' ~ max_value) -%}
    {%- endif -%}
    {%- if not bounds -%}
        {%- do exceptions.raise_compiler_error('a min_value, a max_value or both must be given') -%}
    {%- endif -%}
    {{ return(bounds | join(' and ')) }}
{%- endmacro %}
