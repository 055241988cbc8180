{# Like lower_case no business of the locale, in which an i may become an İ. -#}
{% macro upper_case(column) -%}
    translate({{ column }}, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')
{%- endmacro %}
