{#
    Before an increment: the entities whose rows are no longer those that they were made from. They are then missing here, like new
    ones, and made again as a whole; so one is heeded, too, that has lost a row to another, or its last.
#}
{% macro forget_changed(relation, entity, columns) -%}
    {%- if is_incremental() -%}
    {%- if 'made_from' not in adapter.get_columns_in_relation(this) | map(attribute='name') | list -%}
        {{ exceptions.raise_compiler_error(this ~ ' was made by an earlier version of Leadhouse; build once with --full-refresh') }}
    {%- endif -%}
    delete from {{ this }} as known
    where not exists (
        select 1
        from (
            select
                {{ entity }},
                {{ made_from_rows(columns) }} as made_from
            from {{ ref(relation) }}
            group by {{ entity }}
        ) as found
        where known.{{ entity }} = found.{{ entity }} and known.made_from = found.made_from
    )
    {%- endif -%}
{%- endmacro %}


{# The model's code and all rows of an entity, as a text; `over` makes it a window. #}
{% macro made_from_rows(columns, over='') -%}
    {{ made_from('cast(sum(' ~ row_hash(columns) ~ ')' ~ over ~ ' as ' ~ dbt.type_string() ~ ')') }}
{%- endmacro %}
