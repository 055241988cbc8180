{# Most ids begin and end with a printable sign of ASCII, which is sooner told than white space is looked for. #}
{% macro clean_id(column) -%}
    case
        when {{ ordered_text('left(' ~ column ~ ', 1)') }} between '!' and '~' and {{ ordered_text('right(' ~ column ~ ', 1)') }} between '!' and '~'
            then {{ column }}
        else {{ clean_text(column) }}
    end
{%- endmacro %}
