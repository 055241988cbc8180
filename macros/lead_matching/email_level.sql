{% macro email_level(left_side, right_side) -%}
    case
        when {{ left_side }}.email is null or {{ right_side }}.email is null then 'missing'
        when {{ left_side }}.email = {{ right_side }}.email then 'same'
        when {{ likeness(left_side ~ '.mailbox', right_side ~ '.mailbox') }} >= 800
            and length({{ left_side }}.mailbox) >= 6 and {{ left_side }}.mailbox not in ('director', 'contact', 'office') then 'similar'
        else 'different'
    end
{%- endmacro %}
