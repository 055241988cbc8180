{% macro no_words() -%}
    cast(array[] as {{ dbt.type_string() }}[])
{%- endmacro %}
