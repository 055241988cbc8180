{% macro name_before_dba(company) %}
{{ clean_text(regex_replace(company, '[[:space:]]+[Dd][./]?[Bb][./]?[Aa][.:]?[[:space:]].*$', '')) }}
{%- endmacro %}
