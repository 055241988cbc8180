{{ config(materialized='view') }}

with

lead_history as (

    select
        *,
        {{ lower_case('field') }} as folded_field
    from {{ ref('stg_salesforce__lead_history') }}
    where lead_id is not null

),

final as (

    select
        history_id,
        lead_id,
        folded_field = 'leadconverted' as is_conversion,
        case when folded_field = 'status' then old_value end as old_status,
        case when folded_field = 'status' then new_value end as new_status,
        changed_at,
        delivery_id
    from lead_history
    where folded_field in ('status', 'leadconverted')

)

select * from final
