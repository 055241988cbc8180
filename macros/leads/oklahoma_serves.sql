{% macro oklahoma_serves(age_group) %}
{#- The ages are packed to the left of four columns: a column's place says nothing. -#}
{%- set cells = ['ages_accepted_1', 'aa2', 'aa3', 'aa4'] -%}
case
    when {% for cell in cells %}{{ clean_text(cell) }} is not null{{ ' or ' if not loop.last }}{% endfor %}
        then {% for cell in cells %}coalesce({{ fold(cell) }} like '{{ age_group }}%', false){{ ' or ' if not loop.last }}{% endfor %}
end
{%- endmacro %}
