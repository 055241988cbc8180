{% macro name_by_number(number, names) %}
{#- The engines' own names of months and days depend on the locale. -#}
case {{ number }}
    {%- for name in names %}
    when {{ loop.index }} then '{{ name }}'
    {%- endfor %}
end
{%- endmacro %}
