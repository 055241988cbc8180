{% macro star(from, relation_alias=false, except=[], prefix='', suffix='', quote_identifiers=true, unquote_aliases=false, rename={}) -%}
    {%- set relation = dbt_utils.readable_relation(from, 'star') -%}
    {%- if not execute -%}
        {{ return('*') }}
    {%- endif -%}
    {%- set left_out = except | map('lower') | list -%}
    {%- set new_names = {} -%}
    {%- for name, new_name in rename.items() -%}
        {%- do new_names.update({name | lower: new_name}) -%}
    {%- endfor -%}
    {%- set selected = [] -%}
    {%- for column in adapter.get_columns_in_relation(relation) if column.name | lower not in left_out -%}
        {%- set name = column.name -%}
        {%- set alias = prefix ~ name ~ suffix -%}
        {%- set expression = (relation_alias ~ '.' if relation_alias else '') ~ (adapter.quote(name) if quote_identifiers else name) -%}
        {%- if name | lower in new_names -%}
            {%- do selected.append(expression ~ ' as ' ~ new_names[name | lower]) -%}
        {%- elif quote_identifiers and unquote_aliases -%}
            {%- do selected.append(expression ~ ' as ' ~ alias) -%}
        {%- elif alias != name -%}
            {%- do selected.append(expression ~ ' as ' ~ (adapter.quote(alias) if quote_identifiers else alias)) -%}
        {%- else -%}
            {%- do selected.append(expression) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if selected -%}
        {{ return(selected | join(',\n  ')) }}
    {%- endif -%}
    {{ return('*' if flags.WHICH == 'compile' else '/* star: no columns */') }}
{%- endmacro %}
