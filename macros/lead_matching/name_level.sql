{% macro name_level(likeness, is_within) -%}
    case
        when {{ likeness }} is null then 'missing'
        when {{ likeness }} = 1000 then 'same'
        when {{ likeness }} >= 850 then 'nearly same'
        when {{ is_within }} then 'within'
        when {{ likeness }} >= 700 then 'similar'
        when {{ likeness }} >= 500 then 'partly'
        else 'different'
    end
{%- endmacro %}
