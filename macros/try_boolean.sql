{% macro try_boolean(column) -%}
    case
        when {{ fitting_text(column, '[Tt][Rr][Uu][Ee]|[Tt]|[Yy][Ee][Ss]|[Yy]|1') }} is not null then true
        when {{ fitting_text(column, '[Ff][Aa][Ll][Ss][Ee]|[Ff]|[Nn][Oo]|[Nn]|0') }} is not null then false
    end
{%- endmacro %}
