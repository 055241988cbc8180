{# A Salesforce lead stands left of a licence; otherwise the order of source and id decides. #}
{% macro stands_left(left_record, right_record) -%}
    case
        when {{ left_record }}.source_system = {{ right_record }}.source_system
            then {{ ordered_text(left_record ~ '.source_lead_id') }} < {{ ordered_text(right_record ~ '.source_lead_id') }}
        when {{ left_record }}.source_system = 'salesforce' then true
        when {{ right_record }}.source_system = 'salesforce' then false
        else {{ ordered_text(left_record ~ '.source_system') }} < {{ ordered_text(right_record ~ '.source_system') }}
    end
{%- endmacro %}
