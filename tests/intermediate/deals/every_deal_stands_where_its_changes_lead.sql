{{ config(severity='warn') }}

with

deals as (

    select * from {{ ref('stg_pipedrive__deals') }}
    where not is_deleted

),

led_to as (

    select * from {{ ref('int_deals') }}

)

select
    deals.deal_id,
    deals.stage_id,
    led_to.stage_id as stage_id_by_changes,
    deals.owner_id,
    led_to.owner_id as owner_id_by_changes,
    deals.status,
    led_to.status as status_by_changes
from deals
left join led_to on deals.deal_id = led_to.deal_id
where
    deals.stage_id is distinct from led_to.stage_id
    or deals.owner_id is distinct from led_to.owner_id
    or deals.status is distinct from led_to.status
