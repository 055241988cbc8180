with

deal_changes as (

    select * from {{ ref('int_deal_changes') }}

),

owner_periods as (

    select * from {{ ref('int_deal_owner_periods') }}

),

final as (

    select
        deal_changes.deal_id,
        deal_changes.row_number_in_delivery,
        deal_changes.changed_field_key,
        deal_changes.new_value,
        deal_changes.changed_at,
        owner_periods.owner_id
    from deal_changes
    left join owner_periods
        on
            deal_changes.deal_id = owner_periods.deal_id
            and deal_changes.changed_at >= owner_periods.owned_from
            and (owner_periods.owned_until is null or deal_changes.changed_at < owner_periods.owned_until)

)

select * from final
