{% macro fold(column) -%}
    trim({{ regex_replace(lower_case(column), '[' ~ white_space() ~ '_-]+', ' ') }})
{%- endmacro %}


{# Only the letters of our own map change case: the engines' functions differ, and on Postgres depend on the locale. #}
{% macro lower_case(column) -%}
    {%- set upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĲĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽȘȚẞ' -%}
    {%- set lower = 'abcdefghijklmnopqrstuvwxyzàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįiĳĵķĺļľŀłńņňŋōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷÿźżžșțß' -%}
    {{ adapter.dispatch('lower_case')(column, quoted(upper), quoted(lower)) }}
{%- endmacro %}

{% macro default__lower_case(column, upper, lower) -%}
    translate({{ column }}, {{ upper }}, {{ lower }})
{%- endmacro %}

{# On plain ASCII (as many bytes as characters) DuckDB's lower does the same a hundred times as fast. #}
{% macro duckdb__lower_case(column, upper, lower) -%}
    case
        when strlen({{ column }}) = length({{ column }}) then lower({{ column }})
        else translate({{ column }}, {{ upper }}, {{ lower }})
    end
{%- endmacro %}
