{#
    Blanks are doubled first: then words that stand side by side do not share one, and plain replacement finds each.
#}
{% macro replace_words(column, replacements) -%}
    {%- set text = namespace(sql="replace(' ' || " ~ column ~ " || ' ', ' ', '  ')") -%}
    {%- for standard, spellings in replacements.items() -%}
        {%- for spelling in spellings -%}
            {%- set text.sql = 'replace(' ~ text.sql ~ ", ' " ~ spelling | replace(' ', '  ') ~ " ', ' " ~ standard | replace(' ', '  ') ~ " ')" -%}
        {%- endfor -%}
    {%- endfor -%}
    nullif(trim({{ regex_replace(text.sql, ' +', ' ') }}), '')
{%- endmacro %}
