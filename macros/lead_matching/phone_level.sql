{% macro phone_level(left_side, right_side) -%}
    {%- set left_first = 'coalesce(' ~ left_side ~ '.phone, ' ~ left_side ~ '.mobile_phone)' -%}
    {%- set right_first = 'coalesce(' ~ right_side ~ '.phone, ' ~ right_side ~ '.mobile_phone)' -%}
    case
        when {{ left_first }} is null or {{ right_first }} is null then 'missing'
        when
            {{ left_side }}.phone in ({{ right_side }}.phone, {{ right_side }}.mobile_phone)
            or {{ left_side }}.mobile_phone in ({{ right_side }}.phone, {{ right_side }}.mobile_phone)
            then 'same'
        when levenshtein({{ left_first }}, {{ right_first }}) = 1 then 'one digit off'
        else 'different'
    end
{%- endmacro %}
