{# The key is read by the query itself, so that it stands in no compiled SQL, log or manifest. #}
{% macro pii_hash(column) -%}
    {%- set key = '(select pii_key from ' ~ source('private', 'pii_key') ~ ')' -%}
    {{ sha256_hex(key ~ " || ':' || nullif(" ~ column ~ ", '')") }}
{%- endmacro %}
