with

transitions as (

    select
        coalesce(sum(total), 0) as change_count,
        coalesce(sum(array_length(lead_ids, 1)), 0) as lead_count
    from {{ ref('lead_status_transitions') }}

),

lead_history as (

    select count(*) as change_count from {{ ref('stg_salesforce__lead_history') }}

)

select
    lead_history.change_count,
    transitions.change_count as change_count_of_the_transitions,
    transitions.lead_count
from lead_history
cross join transitions
where
    lead_history.change_count <> transitions.change_count
    or lead_history.change_count <> transitions.lead_count
