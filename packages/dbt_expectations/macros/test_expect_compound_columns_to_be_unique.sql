{% test expect_compound_columns_to_be_unique(model, column_list, quote_columns=false, ignore_row_if='all_values_are_missing', row_condition=none) %}

{%- set connectives = {'all_values_are_missing': ' or ', 'any_value_is_missing': ' and '} -%}
{%- if not column_list -%}
    {%- do exceptions.raise_compiler_error('column_list must name at least one column') -%}
{%- elif ignore_row_if not in connectives -%}
    {%- do exceptions.raise_compiler_error("ignore_row_if is '" ~ ignore_row_if ~ "'; it must be one of: " ~ connectives | join(', ')) -%}
{%- endif -%}

{%- set names, present = [], [] -%}
{%- for column in column_list -%}
    {%- set name = adapter.quote(column) if quote_columns else column -%}
    {%- do names.append(name) -%}
    {%- do present.append(name ~ ' is not null') -%}
{%- endfor -%}

select {{ names | join(', ') }}, count(*) as row_count
from {{ model }}
where
    ({{ present | join(connectives[ignore_row_if]) }})
    {%- if row_condition %}
    and {{ row_condition }}
    {%- endif %}
group by {{ names | join(', ') }}
having count(*) > 1

{% endtest %}
