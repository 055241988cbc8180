{# Each part of a score times its weight, added up. #}
{% macro weighted(parts) -%}
    {%- for part in parts -%}
        {{ ' + ' if not loop.first }}{{ part }}_weight * {{ part }}_part
    {%- endfor -%}
{%- endmacro %}
