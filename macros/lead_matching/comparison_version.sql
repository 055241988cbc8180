{# Changes with the code that compares two leads and with its settings: what was compared before is compared again. #}
{% macro comparison_version() -%}
    {{ return(local_md5(
        compared_names('l', 'r') ~ word_likeness('s', 'a') ~ name_level('l', 'w') ~ number_level('l', 'r') ~ address_level('l', 'r') ~ address_level_of_moved('m', 'n')
        ~ place_level('l', 'r') ~ phone_level('l', 'r') ~ email_level('l', 'r') ~ domain_level('l', 'r') ~ person_level('l', 'r') ~ attribute_millibits('w', 's') ~ var('match_most_word_bits')
    )) }}
{%- endmacro %}
