with

deal_changes as (

    select * from {{ ref('int_deal_changes') }}
    where changed_field_key = 'user_id'

),

periods as (

    select
        deal_id,
        {{ try_integer('new_value') }} as owner_id,
        changed_at as owned_from,
        lead(changed_at) over (partition by deal_id order by changed_at, row_number_in_delivery) as owned_until
    from deal_changes

),

-- an owner who is replaced in the same instant never owned the deal
final as (

    select * from periods
    where owned_until is null or owned_until > owned_from

)

select * from final
