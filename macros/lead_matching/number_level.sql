{% macro number_level(left_numbers, right_numbers) -%}
    case
        when {{ left_numbers }} = {{ right_numbers }} then case when {{ left_numbers }} = '' then 'missing' else 'same' end
        when {{ left_numbers }} = '' or {{ right_numbers }} = '' then 'one side only'
        else 'different'
    end
{%- endmacro %}
