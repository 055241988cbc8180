{% macro weekday_name(iso_weekday) %}
{#- The engines' own names depend on the locale. -#}
case {{ iso_weekday }}
    {%- for name in ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] %}
    when {{ loop.index }} then '{{ name }}'
    {%- endfor %}
end
{%- endmacro %}
