{#
    Of all bits in the words of two names the part that both have, on the scale of `likeness`: names with 90, 60 and 35 %
    of their words' bits in common are as alike as those with 85, 70 and 50 % of their letters.
#}
{% macro word_likeness(shared_bits, all_bits) -%}
    case
        when {{ all_bits }} = 0 then 0
        when 20 * {{ shared_bits }} >= 6 * {{ all_bits }} then 400 + {{ whole_part('1000 * ' ~ shared_bits, all_bits) }}
        else 220 + {{ whole_part('1600 * ' ~ shared_bits, all_bits) }}
    end
{%- endmacro %}
