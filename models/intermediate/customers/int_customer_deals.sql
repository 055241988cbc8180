{{ config(materialized='view') }}

with

opportunities as (

    select * from {{ ref('int_opportunities') }}
    where account_id is not null

),

exported as (

    select * from {{ ref('stg_crm_exports__deals') }}
    where customer_id is not null

),

unioned as (

    select
        'salesforce' as source_system,
        account_id as customer_id,
        opportunity_id as deal_id,
        case when is_won then 'won' when is_closed then 'lost' else 'open' end as outcome,
        amount as deal_value,
        cast(created_at as date) as created_date,
        case when is_closed then close_date end as closed_date
    from opportunities

    union all

    select
        'crm_exports' as source_system,
        customer_id,
        deal_id,
        case
            when deal_status in ('closed won', 'won') then 'won'
            when deal_status in ('closed lost', 'lost') then 'lost'
            else 'open'
        end as outcome,
        greatest(coalesce(deal_value, 0), 0) as deal_value,
        cast(created_at as date) as created_date,
        case
            when deal_status in ('closed won', 'won', 'closed lost', 'lost') then cast(updated_at as date)
        end as closed_date
    from exported

),

final as (

    select
        {{ dbt_utils.generate_surrogate_key(['source_system', 'customer_id']) }} as customer_key,
        *
    from unioned

)

select * from final
