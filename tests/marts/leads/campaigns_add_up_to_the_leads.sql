with

campaigns as (

    select
        coalesce(sum(lead_count), 0) as lead_count,
        coalesce(sum(deleted_count), 0) as deleted_count,
        coalesce(sum(duplicate_count), 0) as duplicate_count,
        coalesce(sum(net_new_count), 0) as net_new_count,
        coalesce(sum(converted_count), 0) as converted_count
    from {{ ref('rep_campaign_analysis') }}

),

leads as (

    select
        count(*) as lead_count,
        coalesce(sum(case when is_deleted then 1 else 0 end), 0) as deleted_count,
        coalesce(sum(case when is_duplicate then 1 else 0 end), 0) as duplicate_count,
        coalesce(sum(case when is_net_new then 1 else 0 end), 0) as net_new_count,
        coalesce(sum(case when is_converted and not is_deleted then 1 else 0 end), 0) as converted_count
    from {{ ref('fct_leads') }}

)

select
    campaigns.lead_count,
    leads.lead_count as leads_of_fct_leads
from campaigns
cross join leads
where
    campaigns.lead_count <> leads.lead_count
    or campaigns.deleted_count <> leads.deleted_count
    or campaigns.duplicate_count <> leads.duplicate_count
    or campaigns.net_new_count <> leads.net_new_count
    or campaigns.converted_count <> leads.converted_count
