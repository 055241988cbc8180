{#
    The engines' own classes of white space differ, and on Postgres depend on the locale.
    Line breaks and tabs stand as escapes, so that compiled SQL can pass through any file or terminal.
#}
{% macro white_space() -%}
    {{ return('\\t\\n\\v\\f\\r ' ~ wide_white_space()) }}
{%- endmacro %}

{% macro wide_white_space() -%}
    {{ return(
        '\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff'
    ) }}
{%- endmacro %}
