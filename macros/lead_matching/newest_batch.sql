{# As a number, for which an engine reads the newer candidates alone; as a query it would compare all of them first. #}
{% macro newest_batch(relation) -%}
    {{ run_query('select coalesce(max(batch), 0) from ' ~ relation).rows[0][0] }}
{%- endmacro %}
