{% macro normalize_postal_code(column) %}
case
    when {{ regex_matches(column, '^[[:space:]]*[0-9]{5}([- ]?[0-9]{4})?[[:space:]]*$') }}
        then {{ regex_extract(column, '([0-9]{5})') }}
    -- spreadsheets drop the leading zero of New England's codes
    when {{ regex_matches(column, '^[[:space:]]*[0-9]{4}[[:space:]]*$') }}
        then '0' || {{ clean_text(column) }}
    when {{ regex_matches(column, '^[[:space:]]*[A-Za-z][0-9][A-Za-z][- ]?[0-9][A-Za-z][0-9][[:space:]]*$') }}
        then {{ upper_case(
            regex_extract(column, '([A-Za-z][0-9][A-Za-z])') ~ " || ' ' || " ~ regex_extract(column, '([0-9][A-Za-z][0-9])[[:space:]]*$')
        ) }}
end
{%- endmacro %}
