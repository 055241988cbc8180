{% macro domain_level(left_side, right_side) -%}
    case
        when {{ left_side }}.domain is null or {{ right_side }}.domain is null then 'missing'
        when {{ left_side }}.domain in ({{ right_side }}.domain, {{ right_side }}.second_domain)
            or {{ left_side }}.second_domain in ({{ right_side }}.domain, {{ right_side }}.second_domain) then 'same'
        else 'different'
    end
{%- endmacro %}
