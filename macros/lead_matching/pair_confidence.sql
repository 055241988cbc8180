{#
    How sure two records are one site, for themselves: what two records agree in is less independent than the sum of its bits
    takes it to be, so a bit counts for less. It is the sister sites of an organisation that agree in much: where the addresses
    agree there is none to be feared, and where they differ the more.
#}
{% macro pair_confidence(pair) -%}
    {%- set of_an_address = (1000 * var('match_bits_of_a_pair_address')) | int -%}
    {%- set bits -%}
        (
            {{ pair }}.total_millibits * {{ var('match_worth_of_a_pair_bit') }} - {{ (1000 * var('match_bits_against_a_pair')) | int }}
            + case
                when {{ pair }}.address_level in ('same', 'nearly same') then {{ of_an_address }}
                when {{ pair }}.address_level in ('different', 'same street') then -{{ of_an_address }}
                else 0
            end
        )
    {%- endset -%}
    {{ confidence(odds(bits), '(' ~ odds(bits) ~ ' + 1000)') }}
{%- endmacro %}
