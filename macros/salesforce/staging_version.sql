{# Changes with the model's own code and with that of the macros that type, mask and hash its columns. #}
{% macro staging_version() -%}
    {{ return((local_md5(
        model.raw_code ~ clean_text('t') ~ without_contact_details('t') ~ try_integer('t') ~ try_count('t') ~ try_decimal('t') ~ try_whole('t') ~ try_boolean('t') ~ try_timestamp('t')
        ~ fold('t') ~ fold_ascii('t') ~ lower_case('t') ~ person_name('t', 't') ~ normalize_phone('t') ~ normalize_email('t') ~ is_invalid('t', 't') ~ pii_mask('t') ~ pii_hash('t')
    ))[:8]) }}
{%- endmacro %}
