{#
    Search by regular expression, in the subset that RE2 and Postgres read alike: no look-arounds, no \b, \d, \s or \w, no non-greedy quantifiers, at most 255 repetitions.
    A dot also stands for a line break, ^ and $ only for the ends of the whole text; classes such as [[:space:]] are ASCII (hence "C").
    Where alternatives overlap, the longest comes first.
#}

{% macro regex_matches(column, pattern) -%}
    {{ adapter.dispatch('regex_matches')(column, pattern) }}
{%- endmacro %}

{% macro duckdb__regex_matches(column, pattern) -%}
    regexp_matches({{ column }}, {{ quoted(pattern) }}, 's')
{%- endmacro %}

{% macro postgres__regex_matches(column, pattern) -%}
    ({{ column }}) collate "C" ~ {{ quoted(pattern) }}
{%- endmacro %}


{% macro regex_extract(column, pattern, group=1) -%}
    {{ adapter.dispatch('regex_extract')(column, pattern, group) }}
{%- endmacro %}

{% macro duckdb__regex_extract(column, pattern, group) -%}
    nullif(regexp_extract({{ column }}, {{ quoted(pattern) }}, {{ group }}, 's'), '')
{%- endmacro %}

{# The added brackets make the whole match group 1, so that group 0 can be asked for. #}
{% macro postgres__regex_extract(column, pattern, group) -%}
    nullif((regexp_match(({{ column }}) collate "C", {{ quoted('(' ~ pattern ~ ')') }}))[{{ group + 1 }}], '')
{%- endmacro %}


{% macro regex_replace(column, pattern, replacement) -%}
    {{ adapter.dispatch('regex_replace')(column, pattern, replacement) }}
{%- endmacro %}

{% macro duckdb__regex_replace(column, pattern, replacement) -%}
    regexp_replace({{ column }}, {{ quoted(pattern) }}, {{ quoted(replacement) }}, 'gs')
{%- endmacro %}

{% macro postgres__regex_replace(column, pattern, replacement) -%}
    regexp_replace(({{ column }}) collate "C", {{ quoted(pattern) }}, {{ quoted(replacement) }}, 'g')
{%- endmacro %}
