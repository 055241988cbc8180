with

attributes as (

    {%- for attribute in golden_attributes() %}
    select '{{ attribute }}' as attribute
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

attribute_authority as (

    select distinct attribute from {{ ref('attribute_authority') }}

)

select
    attributes.attribute,
    attribute_authority.attribute as attribute_of_the_seed
from attributes
full outer join attribute_authority on attributes.attribute = attribute_authority.attribute
where attributes.attribute is null or attribute_authority.attribute is null
