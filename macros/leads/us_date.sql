{% macro us_date(column) %}
coalesce({{ try_date(column, 'MM/DD/YY') }}, {{ try_date(column, 'MM/DD/YYYY') }})
{%- endmacro %}
