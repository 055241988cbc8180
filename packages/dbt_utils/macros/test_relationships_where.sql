{% test relationships_where(model, column_name, to, field, from_condition='1=1', to_condition='1=1') %}

with

children as (
    select {{ column_name }} as reference
    from {{ model }}
    where {{ column_name }} is not null and ({{ from_condition }})
),

parents as (
    select distinct {{ field }} as reference, true as is_known
    from {{ to }}
    where {{ to_condition }}
),

orphans as (
    select children.reference
    from children
    left join parents on children.reference = parents.reference
    where parents.is_known is null
)

select * from orphans

{% endtest %}
