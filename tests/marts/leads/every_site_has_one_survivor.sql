with

fct_leads as (

    select * from {{ ref('fct_leads') }}

),

dim_lead as (

    select * from {{ ref('dim_lead') }}

),

survivors as (

    select
        site_key,
        max(case when not is_deleted and not is_duplicate then lead_key end) as survivor_lead_key,
        sum(case when not is_deleted and not is_duplicate then 1 else 0 end) as survivor_count,
        sum(case when is_deleted then 0 else 1 end) as record_count
    from fct_leads
    group by site_key

)

select
    dim_lead.site_key,
    survivors.survivor_lead_key,
    dim_lead.survivor_lead_key as golden_survivor_lead_key
from dim_lead
full outer join survivors on dim_lead.site_key = survivors.site_key
where
    dim_lead.site_key is null
    or survivors.site_key is null
    or survivors.survivor_count <> case when survivors.record_count > 0 then 1 else 0 end
    or survivors.survivor_lead_key is distinct from dim_lead.survivor_lead_key
