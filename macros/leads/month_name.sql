{% macro month_name(month_number) %}
{#- The engines' own names depend on the locale. -#}
case {{ month_number }}
    {%- for name in [
        'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
    ] %}
    when {{ loop.index }} then '{{ name }}'
    {%- endfor %}
end
{%- endmacro %}
