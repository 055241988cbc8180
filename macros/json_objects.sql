{% macro json_objects(column) -%}
    {{ return(adapter.dispatch('json_objects', 'leadhouse')(column)) }}
{%- endmacro %}

{% macro default__json_objects(column) -%}
    jsonb_array_elements(cast({{ flat_json_list(column) }} as jsonb))
{%- endmacro %}

{% macro duckdb__json_objects(column) -%}
    unnest(cast(cast({{ flat_json_list(column) }} as json) as json []))
{%- endmacro %}

{#- The text where it surely is a JSON list of flat objects, else an empty list: an engine that is given anything else may
    fail, and no two agree on what. Written as a regular expression, from the leaves up. -#}
{% macro flat_json_list(column) -%}
    {%- set blanks %}[ \t\r\n]*{% endset -%}
    {%- set hex %}[0-9a-fA-F]{% endset -%}
    {#- no NUL and no half of a surrogate pair, which Postgres refuses -#}
    {%- set unicode %}\\u([1-9a-cA-CeEfF]{{ hex }}{3}|[dD][0-7]{{ hex }}{2}|[dD][89abAB]{{ hex }}{2}\\u[dD][c-fC-F]{{ hex }}{2}|0([1-9a-fA-F]{{ hex }}{2}|0[1-9a-fA-F]{{ hex }}|00[1-9a-fA-F])){% endset -%}
    {%- set string %}"([^"\\\x01-\x1F]|\\["\\/bfnrt]|{{ unicode }})*"{% endset -%}
    {#- only whole numbers of moderate size: the engines write others differently, and Postgres fails at very long ones -#}
    {%- set number %}(0|-?[1-9][0-9]{0,17}){% endset -%}
    {%- set pair %}{{ blanks }}{{ string }}{{ blanks }}:{{ blanks }}({{ string }}|{{ number }}|true|false|null){{ blanks }}{% endset -%}
    {%- set object %}{{ blanks }}[{]({{ pair }}(,{{ pair }})*|{{ blanks }})[}]{{ blanks }}{% endset -%}
    {%- set list %}^{{ blanks }}\[({{ object }}(,{{ object }})*|{{ blanks }})\]{{ blanks }}${% endset -%}
    case when {{ regex_matches(column, list) }} then {{ column }} else '[]' end
{%- endmacro %}
