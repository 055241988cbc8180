with

customers as (

    select * from {{ ref('customer_features') }}

),

interactions as (

    select
        source_system,
        customer_id,
        count(*) as interaction_count
    from {{ ref('int_interactions') }}
    group by source_system, customer_id

)

select
    customers.customer_key,
    customers.total_interactions,
    interactions.interaction_count
from customers
left join interactions
    on customers.source_system = interactions.source_system and customers.customer_id = interactions.customer_id
where
    customers.total_interactions <> coalesce(interactions.interaction_count, 0)
    or customers.total_interactions
    <> customers.num_positive_outcomes + customers.num_negative_outcomes + customers.num_neutral_outcomes
    or customers.total_interactions < customers.num_calls + customers.num_emails + customers.num_whatsapp
