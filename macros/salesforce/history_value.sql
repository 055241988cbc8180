{# A field's old or new value, hashed where it tells who somebody is, or where people may write whatever they like. #}
{% macro history_value(column) -%}
    case
        when {{ fold('field') }} = 'status' then {{ without_contact_details(column) }}
        when
            {{ fold('field') }} in (select {{ fold('field') }} from {{ ref('pii_fields') }})
            or {{ fold('data_type') }} in ('text', 'textarea', 'string', 'stringplusclob', 'encryptedtext', 'email', 'phone', 'fax', 'personname', 'address')
            then {{ pii_hash(clean_text(column)) }}
        else {{ without_contact_details(column) }}
    end
{%- endmacro %}
