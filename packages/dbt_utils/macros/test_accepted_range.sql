{# Nulls are in every range. #}
{% test accepted_range(model, column_name, min_value=none, max_value=none, inclusive=true) %}

{%- set or_equal = '' if inclusive else '=' -%}

select *
from {{ model }}
where
    false
    {%- if min_value is not none %}
    or {{ column_name }} <{{ or_equal }} {{ min_value }}
    {%- endif %}
    {%- if max_value is not none %}
    or {{ column_name }} >{{ or_equal }} {{ max_value }}
    {%- endif %}

{% endtest %}
