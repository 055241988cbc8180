{% macro person_level(left_side, right_side) -%}
    case
        when {{ left_side }}.person_name is null or {{ right_side }}.person_name is null then 'missing'
        when {{ left_side }}.person_name = {{ right_side }}.person_name then 'same'
        when {{ left_side }}.last_name = {{ right_side }}.last_name then 'same last name'
        else 'different'
    end
{%- endmacro %}
