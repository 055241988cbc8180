{% macro normalize_email(column) -%}
    {%- set local_part = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:[.][A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*" -%}
    {%- set labels = '(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?[.])+' -%}
    {%- set top_level = '(?:[A-Za-z]{2,63}|[Xx][Nn]--[A-Za-z0-9-]{2,59})' -%}
    lower({{ ordered_text(fitting_text(column, local_part ~ '@' ~ labels ~ top_level)) }})
{%- endmacro %}
