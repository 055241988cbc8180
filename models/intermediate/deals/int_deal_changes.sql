{{ config(materialized='view') }}

with

deal_changes as (

    select * from {{ ref('stg_pipedrive__deal_changes') }}
    where deal_id is not null and changed_at is not null

),

deleted_deals as (

    select * from {{ ref('stg_pipedrive__deals') }}
    where is_deleted

),

final as (

    select deal_changes.*
    from deal_changes
    left join deleted_deals on deal_changes.deal_id = deleted_deals.deal_id
    where deleted_deals.deal_id is null

)

select * from final
