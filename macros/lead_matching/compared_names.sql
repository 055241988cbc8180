{#
    Columns that compare each name of one side with each of the other: their likeness, their shared bits, all bits and the
    bits of the one that says less. Few have a second name: what needs one is not worked out without it.
#}
{% macro compared_names(left_side, right_side) -%}
    {%- set names = [
        ('compact_name', 'words', 'word_bits'),
        ('compact_alternate_name', 'alternate_words', 'alternate_word_bits'),
    ] -%}
    {%- for left_name, left_words, left_bits in names -%}
        {%- set left_number = loop.index -%}
        {%- for right_name, right_words, right_bits in names -%}
            {%- set pair = left_number ~ '_' ~ loop.index -%}
            {%- set both = left_side ~ '.' ~ left_name ~ ' is not null and ' ~ right_side ~ '.' ~ right_name ~ ' is not null' %}
        case when {{ both }} then {{ likeness(left_side ~ '.' ~ left_name, right_side ~ '.' ~ right_name) }} end as likeness_{{ pair }},
        case when {{ both }} then {{ shared_bits(left_side ~ '.' ~ left_words, right_side ~ '.' ~ right_words) }} end as shared_bits_{{ pair }},
        {{ left_side }}.{{ left_bits }} + {{ right_side }}.{{ right_bits }} as all_bits_{{ pair }},
        least({{ left_side }}.{{ left_bits }}, {{ right_side }}.{{ right_bits }}) as least_bits_{{ pair }}{{ ',' if pair != '2_2' }}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
