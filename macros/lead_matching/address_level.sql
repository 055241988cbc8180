{#
    A house number may have a slip of the pen where the street is the same; two numbers in one street are two places.
#}
{% macro address_level(left_side, right_side) -%}
    {%- set left_number = left_side ~ '.house_number' -%}
    {%- set right_number = right_side ~ '.house_number' -%}
    {%- set left_street = left_side ~ '.street_name' -%}
    {%- set right_street = right_side ~ '.street_name' -%}
    case
        when {{ left_number }} is null or {{ right_number }} is null or {{ left_street }} is null or {{ right_street }} is null
            then 'missing'
        when {{ left_number }} = {{ right_number }} and {{ left_street }} = {{ right_street }} then 'same'
        when {{ left_number }} = {{ right_number }} and (
            {{ likeness(left_street, right_street) }} >= 700
            or left({{ left_street }}, length({{ right_street }})) = {{ right_street }}
            or left({{ right_street }}, length({{ left_street }})) = {{ left_street }}
        ) then 'nearly same'
        when {{ likeness(left_street, right_street) }} < 850 then 'different'
        when
            levenshtein(left({{ left_number }}, 9), left({{ right_number }}, 9)) = 1
            or {{ is_swapped(left_number, right_number) }}
            then 'other number'
        else 'same street'
    end
{%- endmacro %}


{#
    A lead with a facility's name and phone number at another address of its town, where no licensed facility stands, is the
    facility's own old address rather than a sister site's.
#}
{% macro address_level_of_moved(may_have_moved, name_level) -%}
    case
        when
            address_level = 'different'
            and {{ may_have_moved }}
            and phone_level = 'same'
            and place_level in ('same postal code', 'same city', 'same city, other postal code')
            and number_level in ('same', 'missing')
            and {{ name_level }} in ('same', 'nearly same', 'within')
            then 'moved'
        else address_level
    end
{%- endmacro %}
