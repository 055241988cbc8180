{{ config(materialized='view') }}

with

lead_history as (

    select * from {{ ref('stg_salesforce__lead_history') }}

),

final as (

    select
        field,
        old_value,
        new_value,
        count(*) as total,
        array_agg(lead_id order by {{ ordered_text('lead_id') }}) as lead_ids,
        {{ as_of() }} as created_at
    from lead_history
    group by field, old_value, new_value

)

select * from final
