{#
    1,000 for equal texts: one edit in four letters leaves 750. Postgres counts edits up to 255 bytes only.
#}
{% macro likeness(left_text, right_text) -%}
    {%- set left_cut = 'left(' ~ left_text ~ ', 100)' -%}
    {%- set right_cut = 'left(' ~ right_text ~ ', 100)' -%}
    case
        when {{ left_text }} = {{ right_text }} then 1000
        else {{ whole_part(
            '1000 * (greatest(length(' ~ left_cut ~ '), length(' ~ right_cut ~ ')) - levenshtein(' ~ left_cut ~ ', ' ~ right_cut ~ '))',
            'greatest(length(' ~ left_cut ~ '), length(' ~ right_cut ~ '))'
        ) }}
    end
{%- endmacro %}
