{# An area code or an exchange begins with 2 to 9; an area code is not one of the service codes 211 to 911. #}
{% macro normalize_phone(column) -%}
    {%- set separators = '[' ~ white_space() ~ '().,/‐‑‒–—−-]+' -%}
    {%- set area_code = '[2-9](?:[02-9][0-9]|1[02-9])' -%}
    {%- set extension = '(?:[Ee][Xx][Tt](?:[Ee][Nn][Ss][Ii][Oo][Nn])?|[Xx]|#)[0-9]*' -%}
    {{ regex_extract(
        regex_replace(column, separators, ''),
        '^(?:[+]?1)?(' ~ area_code ~ '[2-9][0-9]{6})(?:' ~ extension ~ ')?$'
    ) }}
{%- endmacro %}
