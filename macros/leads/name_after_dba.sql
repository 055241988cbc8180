{% macro name_after_dba(company) %}
{{ clean_text(regex_extract(company, '[[:space:]]+[Dd][./]?[Bb][./]?[Aa][.:]?[[:space:]](.*)$')) }}
{%- endmacro %}
