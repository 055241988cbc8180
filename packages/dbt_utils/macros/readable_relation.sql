{# A relation whose columns or values can be looked up when the calling macro is compiled; anything else is an error. #}
{% macro readable_relation(relation, macro_name) -%}
    {%- if relation is not mapping or not relation.get('metadata', {}).get('type', '').endswith('Relation') -%}
        {%- do exceptions.raise_compiler_error(macro_name ~ ' needs a relation, as ref or source return it, not: ' ~ relation) -%}
    {%- elif relation.is_cte -%}
        {%- do exceptions.raise_compiler_error(macro_name ~ ' cannot read the ephemeral model ' ~ relation.name ~ ': make it a view or a table') -%}
    {%- endif -%}
    {{ return(relation) }}
{%- endmacro %}
