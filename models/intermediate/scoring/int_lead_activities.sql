{{ config(materialized='view') }}


with

activities as (

    select * from {{ ref('int_activity_interactions') }}
    where has_taken_place

),

leads as (

    select * from {{ ref('stg_salesforce__leads') }}
    where not is_deleted

),

-- With the conversion a lead's tasks and events become the contact's; without these only those who never converted had any.
people as (

    select
        lead_id as who_id,
        lead_id
    from leads

    union all

    select
        converted_contact_id as who_id,
        lead_id
    from leads
    where converted_contact_id is not null

),

final as (

    select
        people.lead_id,
        activities.interaction_id,
        activities.channel,
        activities.outcome,
        activities.interacted_at,
        activities.known_at
    from activities
    inner join people on activities.who_id = people.who_id
    inner join leads on people.lead_id = leads.lead_id
    where activities.interacted_at >= leads.created_at

)

select * from final
