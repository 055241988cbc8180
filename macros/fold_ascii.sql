{% macro fold_ascii(column) -%}
    {{ fold(plain_ascii(column)) }}
{%- endmacro %}


{% macro plain_ascii(column) -%}
    {{ adapter.dispatch('plain_ascii')(column) }}
{%- endmacro %}

{% macro default__plain_ascii(column) -%}
    {%- set one_for_one = [
        ('ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝ', 'AAAAAACEEEEIIIIDNOOOOOOUUUUY'),
        ('àáâãäåçèéêëìíîïðñòóôõöøùúûüýÿ', 'aaaaaaceeeeiiiidnoooooouuuuyy'),
        ('ĀāĂăĄąĆćĈĉĊċČčĎďĐđĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĦħĨĩĪīĬĭĮįİıĴĵĶķĸĹĺĻļĽľĿŀŁł', 'AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiJjKkkLlLlLlLlLl'),
        ('ŃńŅņŇňŊŋŌōŎŏŐőŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŦŧŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžſȘșȚț', 'NnNnNnNnOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzsSsTt'),
        ("‘’‚‛“”„‐‑‒–—―−", "''''\"\"\"-------"),
        (wide_white_space(), ' ' * wide_white_space() | length),
    ] -%}
    {%- set several_for_one = {
        'ß': 'ss', 'ẞ': 'SS', 'Æ': 'AE', 'æ': 'ae', 'Œ': 'OE', 'œ': 'oe', 'Þ': 'TH', 'þ': 'th', 'Ĳ': 'IJ', 'ĳ': 'ij', 'ŉ': "'n",
    } -%}
    {%- set text = namespace(
        sql='translate(' ~ column ~ ', ' ~ quoted(one_for_one | map('first') | join) ~ ', ' ~ quoted(one_for_one | map('last') | join) ~ ')'
    ) -%}
    {%- for letter, letters in several_for_one.items() -%}
        {%- set text.sql = 'replace(' ~ text.sql ~ ', ' ~ quoted(letter) ~ ', ' ~ quoted(letters) ~ ')' -%}
    {%- endfor -%}
    {{ regex_replace(text.sql, '[^\x01-\x7f]+', '') }}
{%- endmacro %}

{# As in fold: what is plain ASCII already is spared the way through the maps. #}
{% macro duckdb__plain_ascii(column) -%}
    case when strlen({{ column }}) = length({{ column }}) then {{ column }} else {{ default__plain_ascii(column) }} end
{%- endmacro %}
