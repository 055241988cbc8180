with

same_decisions as (

    select * from {{ ref('int_lead_match_decisions') }}
    where is_same and is_as_given

),

{{ connected_components('same_decisions') }},

final as (

    select
        lead_key,
        component_key as decided_group_key
    from components

)

select * from final
