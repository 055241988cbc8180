{% macro plain_words(column) -%}
    nullif(trim({{ regex_replace(regex_replace(fold_ascii(column), "['`.]", ''), '[^a-z0-9]+', ' ') }}), '')
{%- endmacro %}
