{% macro last_words(column, count) %}
{{ regex_extract(fold_ascii(column), '(([^ ]+ ){' ~ (count - 1) ~ '}[^ ]+)$') }}
{%- endmacro %}
