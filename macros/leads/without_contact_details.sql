{% macro without_contact_details(column) %}
{#- An e-mail address first: it may hold digits that look like a phone number. -#}
{%- set email = '[^[:space:]<>()@,;:]+@[^[:space:]<>()@,;:]+' -%}
{%- set foreign_phone = '\+[0-9]([-. ()]*[0-9]){7,14}' -%}
{%- set phone = '(' ~ foreign_phone ~ '|(1[-. ]?)?\(?[0-9]{3}\)?[-. ]*[0-9]{3}[-. ]*[0-9]{4})' -%}
{{ clean_text(regex_replace(regex_replace(column, email, '[removed]'), phone, '[removed]')) }}
{%- endmacro %}
