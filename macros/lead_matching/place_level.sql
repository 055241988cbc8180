{# The most telling of postal code, city and state. #}
{% macro place_level(left_side, right_side) -%}
    {%- set codes = left_side ~ '.postal_code', right_side ~ '.postal_code' -%}
    {%- set cities = left_side ~ '.city', right_side ~ '.city' -%}
    {%- set states = left_side ~ '.state_code', right_side ~ '.state_code' -%}
    case
        when {{ codes[0] }} = {{ codes[1] }} then 'same postal code'
        when {{ states[0] }} <> {{ states[1] }} then 'other state'
        when {{ likeness(cities[0], cities[1]) }} >= 750 then
            case when {{ codes[0] }} <> {{ codes[1] }} then 'same city, other postal code' else 'same city' end
        when {{ cities[0] }} <> {{ cities[1] }} then 'other city'
        when left({{ codes[0] }}, 3) = left({{ codes[1] }}, 3) then 'near postal code'
        when {{ codes[0] }} <> {{ codes[1] }} then 'other postal code'
        when {{ states[0] }} = {{ states[1] }} then 'same state'
        else 'missing'
    end
{%- endmacro %}
