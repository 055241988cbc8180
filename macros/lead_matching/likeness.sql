{#
    1,000 for equal texts: one edit in four letters leaves 750. Postgres counts edits up to 255 bytes only.
#}
{% macro likeness(left_text, right_text) -%}
    {%- set left_cut = 'left(' ~ left_text ~ ', 100)' -%}
    {%- set right_cut = 'left(' ~ right_text ~ ', 100)' -%}
    case
        when {{ left_text }} = {{ right_text }} then 1000
        else 1000 - cast(ceil(
            cast(1000 * levenshtein({{ left_cut }}, {{ right_cut }}) as double precision)
            / greatest(length({{ left_cut }}), length({{ right_cut }}))
        ) as integer)
    end
{%- endmacro %}
