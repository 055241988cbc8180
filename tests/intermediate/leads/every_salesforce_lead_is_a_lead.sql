with

landed as (

    select distinct {{ clean_text('id') }} as lead_id
    from {{ source('raw_salesforce', 'lead') }}
    where
        {{ in_latest_period('salesforce', 'lead') }}
        and {{ clean_text('id') }} is not null

),

leads as (

    select source_lead_id as lead_id
    from {{ ref('int_leads_unioned') }}
    where source_system = 'salesforce'

)

select
    landed.lead_id as landed_lead_id,
    leads.lead_id
from landed
full outer join leads on landed.lead_id = leads.lead_id
where landed.lead_id is null or leads.lead_id is null
