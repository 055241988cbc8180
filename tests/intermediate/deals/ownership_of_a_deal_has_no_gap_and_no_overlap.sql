with

in_order as (

    select
        *,
        lead(owned_from) over (partition by deal_id order by owned_from) as next_owned_from
    from {{ ref('int_deal_owner_periods') }}

)

select * from in_order
where owned_until is distinct from next_owned_from
