{{ config(materialized='view') }}


with

leads as (

    select * from {{ ref('stg_salesforce__leads') }}
    where not is_deleted and created_at is not null

),

transitions as (

    select * from {{ ref('int_lead_status_transitions') }}

),

conversions as (

    select
        lead_id,
        min(changed_at) as changed_at
    from transitions
    where to_status = 'Converted'
    group by lead_id

),

told as (

    select
        leads.lead_id,
        leads.created_at,
        leads.is_converted,
        coalesce(conversions.changed_at, cast(leads.converted_date as timestamp)) as converted_at,
        case when not leads.is_converted then leads.lead_status end as open_status,
        row_number() over (order by {{ sha256_hex('leads.lead_id') }}, leads.lead_id) as draw
    from leads
    left join conversions on leads.lead_id = conversions.lead_id

),

-- Of some converted leads nobody knows when: they are neither an example nor open.
final as (

    select
        lead_id,
        created_at,
        converted_at,
        open_status,
        draw <= {{ var('score_most_records') | int }} as is_example
    from told
    where not is_converted or converted_at is not null

)

select * from final
