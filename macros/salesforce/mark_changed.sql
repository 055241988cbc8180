{#
    Before an increment: each entity whose rows are no longer those that it was made from, be it new, changed or gone, gets one
    row more, with nothing but its id. So all are compared but once, and one is heeded, too, that has lost a row to another. Where
    both have a column that tells parts apart which seldom change, deliveries for instance, only changed parts are looked into; the
    columns then have the part and the entity among them, or a row could pass from one to the other unseen.
#}
{% macro mark_changed(relation, entity, columns, part=none) -%}
    {%- if is_incremental() -%}
    {%- set keys = [entity] + ([part] if part else []) -%}
    {%- do require_columns(keys + ['rows_hash']) -%}
    {%- set rows_then_and_now -%}
    (
        select
            {{ keys | join(', ') }},
            {{ rows_hash(columns) }} as rows_hash
        from {{ ref(relation) }}
        union all
        select
            {{ keys | join(', ') }},
            -rows_hash as rows_hash
        from {{ this }}
    ) as rows_then_and_now
    {%- endset %}
    insert into {{ this }} ({{ entity }})
    select {{ entity }}
    from {{ rows_then_and_now }}
    {%- if part %}
    where {{ part }} in (select {{ part }} from {{ rows_then_and_now }} group by {{ part }} having sum(rows_hash) <> 0)
    {%- endif %}
    group by {{ entity }}
    having sum(rows_hash) <> 0
    {%- endif -%}
{%- endmacro %}


{# Then what there is of them is taken out. #}
{% macro forget_marked(entity) -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where rows_hash is not null and {{ is_marked(entity) }}
    {%- endif -%}
{%- endmacro %}


{# They are made again as a whole; true in a full run. #}
{% macro is_marked(entity) -%}
    {%- if is_incremental() -%}
    {{ entity }} in (select marks.{{ entity }} from {{ this }} as marks where marks.rows_hash is null)
    {%- else -%}
    true
    {%- endif -%}
{%- endmacro %}


{# And in the end the marks go. #}
{% macro forget_marks() -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where rows_hash is null
    {%- endif -%}
{%- endmacro %}


{# A row of an entity, and the model's code, as a number. Those that an incremental model keeps of an entity add up to those of all its rows. #}
{% macro rows_hash(columns) -%}
    {{ row_hash(columns + ["'" ~ local_md5(model.raw_code)[:8] ~ "'"]) }}
{%- endmacro %}
