{{ config(materialized='view') }}

with

attribute_authority as (

    select * from {{ ref('attribute_authority') }}

),

final as (

    select
        {%- for attribute in golden_attributes() %}
        max(case when attribute = '{{ attribute }}' then authority end) as {{ attribute }}_authority,
        {%- endfor %}
        source_system
    from attribute_authority
    group by source_system

)

select * from final
