{% macro without_last_words(column, count) %}
{#- Words as fold_ascii tells them apart; so that its result and this one together are the whole text. -#}
{%- set gap = '[' ~ white_space() ~ '_-]' -%}
{%- set word = '[^' ~ white_space() ~ '_-]+' -%}
{{ clean_text(regex_replace(column, '[,' ~ white_space() ~ '_-]*(' ~ word ~ gap ~ '+){' ~ (count - 1) ~ '}' ~ word ~ gap ~ '*$', '')) }}
{%- endmacro %}
