with

dim_lead as (

    select * from {{ ref('dim_lead') }}

),

dim_lead_status as (

    select * from {{ ref('dim_lead_status') }}

),

rep_lead_prioritization as (

    select * from {{ ref('rep_lead_prioritization') }}

),

open_sites as (

    select dim_lead.site_key
    from dim_lead
    inner join dim_lead_status on dim_lead.lead_status_key = dim_lead_status.lead_status_key
    where
        not dim_lead.is_converted
        and not dim_lead.is_deleted
        and (dim_lead.is_net_new or dim_lead.is_in_salesforce)
        and not (dim_lead.is_in_salesforce and dim_lead_status.is_end_state)

),

following as (

    select
        *,
        lead(priority_score) over (order by priority_rank) as next_score,
        count(*) over () as site_count
    from rep_lead_prioritization

)

select
    open_sites.site_key,
    following.priority_rank
from open_sites
full outer join following on open_sites.site_key = following.site_key
where
    open_sites.site_key is null
    or following.site_key is null
    or following.next_score > following.priority_score
    or following.priority_rank > following.site_count
