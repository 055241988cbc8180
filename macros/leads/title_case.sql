{% macro title_case(column) %}
{{ return(adapter.dispatch('title_case')(column)) }}
{% endmacro %}

{% macro default__title_case(column) -%}
(
    select string_agg({{ upper_case('left(word, 1)') }} || substr(word, 2), ' ' order by place)
    from unnest(string_to_array({{ column }}, ' ')) with ordinality as words(word, place)
)
{%- endmacro %}

{% macro duckdb__title_case(column) -%}
array_to_string(
    list_transform(string_split(nullif({{ column }}, ''), ' '), lambda word: {{ upper_case('left(word, 1)') }} || substr(word, 2)), ' '
)
{%- endmacro %}
