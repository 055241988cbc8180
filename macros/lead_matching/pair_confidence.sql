{#
    How sure two records are one site, for themselves: what two records agree in is less independent than the sum of its bits
    takes it to be, so a bit counts for less.
#}
{% macro pair_confidence(millibits) -%}
    {%- set bits = '(' ~ millibits ~ ' * ' ~ var('match_worth_of_a_pair_bit') ~ ' - ' ~ (1000 * var('match_bits_against_a_pair')) | int ~ ')' -%}
    {{ confidence(odds(bits), '(' ~ odds(bits) ~ ' + 1000)') }}
{%- endmacro %}
