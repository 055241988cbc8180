with

leads as (

    select lead_id from {{ ref('stg_salesforce__leads') }}
    where not is_deleted

),

scores as (

    select * from {{ ref('lead_scores') }}

)

select
    leads.lead_id,
    scores.lead_id as scored_lead_id
from leads
full outer join scores on leads.lead_id = scores.lead_id
where leads.lead_id is null or scores.lead_id is null
