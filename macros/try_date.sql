{% macro try_date(column, format) -%}
    {%- set date = fitting_text(column, date_grammar(format)) -%}
    {%- set year_last = '^([0-9]+)/([0-9]+)/([0-9]+)$' -%}
    {%- if format == 'YYYY-MM-DD' -%}
        cast({{ date }} as date)
    {%- elif format == 'MM/DD/YYYY' -%}
        cast({{ regex_replace(date, year_last, '\\3-\\1-\\2') }} as date)
    {%- else -%}
        cast(
            case when {{ regex_matches(column, '(?:69|[7-9][0-9])[' ~ white_space() ~ ']*$') }} then '19' else '20' end
            || {{ regex_replace(date, year_last, '\\3-\\1-\\2') }} as date
        )
    {%- endif -%}
{%- endmacro %}


{# The calendar as a regular expression, leap years included: what fits it can be cast on any engine. #}
{% macro date_grammar(format) -%}
    {%- if format not in ('YYYY-MM-DD', 'MM/DD/YYYY', 'MM/DD/YY') -%}
        {{ exceptions.raise_compiler_error("try_date: format '" ~ format ~ "'; it must be YYYY-MM-DD, MM/DD/YYYY or MM/DD/YY") }}
    {%- endif -%}
    {%- set zero = '0' if format == 'YYYY-MM-DD' else '0?' -%}
    {%- set multiple_of_4 = '(?:[02468][048]|[13579][26])' -%}
    {%- if format == 'MM/DD/YY' -%}
        {%- set year, leap_year = '[0-9]{2}', multiple_of_4 -%}
    {%- else -%}
        {%- set year = '[1-9][0-9]{3}' -%}
        {%- set leap_year = '(?:[1-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)' -%}
    {%- endif -%}
    {%- set alternatives = [] -%}
    {%- for month, day, in_year in [
        ('(?:' ~ zero ~ '[1-9]|1[0-2])', '(?:' ~ zero ~ '[1-9]|1[0-9]|2[0-8])', year),
        ('(?:' ~ zero ~ '[13-9]|1[0-2])', '(?:29|30)', year),
        ('(?:' ~ zero ~ '[13578]|1[02])', '31', year),
        (zero ~ '2', '29', leap_year),
    ] -%}
        {%- do alternatives.append(
            in_year ~ '-' ~ month ~ '-' ~ day if format == 'YYYY-MM-DD' else month ~ '/' ~ day ~ '/' ~ in_year
        ) -%}
    {%- endfor -%}
    {{ return('(?:' ~ alternatives | join('|') ~ ')') }}
{%- endmacro %}
