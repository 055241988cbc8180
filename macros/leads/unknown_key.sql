{% macro unknown_key(fields=1) %}
{#- The surrogate key of nothing: a row whose natural key is null points to the unknown member by itself. -#}
{{ dbt_utils.generate_surrogate_key(['cast(null as ' ~ dbt.type_string() ~ ')'] * fields) }}
{%- endmacro %}
