{# The part with which most is still to be gained: the largest weight * (1 - part), of equal ones the first. #}
{% macro part_to_raise(parts) -%}
    case greatest(
        {%- for part in parts %}
        {{ part }}_weight * (1 - {{ part }}_part){{ ',' if not loop.last }}
        {%- endfor %}
    )
        {%- for part in parts %}
        when {{ part }}_weight * (1 - {{ part }}_part) then '{{ part }}'
        {%- endfor %}
    end
{%- endmacro %}
