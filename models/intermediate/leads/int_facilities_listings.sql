with

nevada as (

    select * from {{ ref('int_facilities_nevada') }}

),

oklahoma as (

    select * from {{ ref('int_facilities_oklahoma') }}

),

texas as (

    select * from {{ ref('int_facilities_texas') }}

),

final as (

    select * from nevada
    union all
    select * from oklahoma
    union all
    select * from texas

)

select * from final
