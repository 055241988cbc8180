{% macro union_relations(relations, column_override=none, include=[], exclude=[], source_column_name='_dbt_source_relation', where=none) -%}
    {%- if include and exclude -%}
        {%- do exceptions.raise_compiler_error('union_relations takes a list to include or one to exclude, not both') -%}
    {%- endif -%}
    {%- if not execute -%}
        {{ return('') }}
    {%- endif -%}
    {%- set wanted = include | map('lower') | list -%}
    {%- set unwanted = exclude | map('lower') | list -%}
    {%- set columns_by_relation = {} -%}
    {%- set columns = {} -%}
    {%- for relation in relations -%}
        {%- set own = {} -%}
        {%- for column in adapter.get_columns_in_relation(dbt_utils.readable_relation(relation, 'union_relations'))
            if column.name | lower not in unwanted and (not wanted or column.name | lower in wanted) -%}
            {%- do own.update({column.name: column}) -%}
            {%- set known = columns.get(column.name) -%}
            {%- if known is none or (known.is_string() and column.is_string() and column.string_size() > known.string_size()) -%}
                {%- do columns.update({column.name: column}) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do columns_by_relation.update({relation: own}) -%}
    {%- endfor -%}
    {%- if not columns and (include or exclude) and flags.WHICH in ('run', 'build') -%}
        {%- do exceptions.raise_compiler_error('union_relations: no columns are left of ' ~ relations | join(', ')) -%}
    {%- endif -%}
    {%- set selects = [] -%}
    {%- for relation in relations -%}
        {%- set selected = [] -%}
        {%- if source_column_name is not none -%}
            {%- do selected.append('cast(' ~ dbt.string_literal(relation.render()) ~ ' as ' ~ dbt.type_string() ~ ') as ' ~ source_column_name) -%}
        {%- endif -%}
        {%- for name, column in columns.items() -%}
            {%- set expression = adapter.quote(name) if name in columns_by_relation[relation] else 'null' -%}
            {%- set type = (column_override or {}).get(name, column.data_type) -%}
            {%- do selected.append('cast(' ~ expression ~ ' as ' ~ type ~ ') as ' ~ adapter.quote(name)) -%}
        {%- endfor -%}
        {%- do selects.append(
            '(\nselect\n    ' ~ (selected | join(',\n    ') or '*') ~ '\nfrom ' ~ relation ~ ('\nwhere ' ~ where if where else '') ~ '\n)'
        ) -%}
    {%- endfor -%}
    {{ return(selects | join('\nunion all\n')) }}
{%- endmacro %}
