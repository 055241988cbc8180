{#
    Words are written with their bits before them (`07 sunshine`), so that a list alone tells what its words are worth.
#}
{% macro shared_bits(left_words, right_words) -%}
    {{ adapter.dispatch('shared_bits')(left_words, right_words) }}
{%- endmacro %}

{% macro duckdb__shared_bits(left_words, right_words) -%}
    cast(coalesce(list_sum(list_transform(
        list_filter({{ left_words }}, lambda word: list_contains({{ right_words }}, word)),
        lambda word: cast(left(word, 2) as integer)
    )), 0) as integer)
{%- endmacro %}

{% macro postgres__shared_bits(left_words, right_words) -%}
    cast(coalesce((
        select sum(cast(left(word, 2) as integer))
        from unnest({{ left_words }}) as words (word)
        where word = any({{ right_words }})
    ), 0) as integer)
{%- endmacro %}
