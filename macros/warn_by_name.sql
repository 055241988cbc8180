{% macro warn_by_name(query, message) -%}
    {%- if execute and flags.WHICH in ('build', 'test') -%}
        {%- for row in run_query(query) -%}
            {%- do exceptions.warn(message ~ ': ' ~ (row.values() | join(', '))) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
