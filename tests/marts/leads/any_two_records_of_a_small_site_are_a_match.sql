-- A site of more than 50 records would have thousands of pairs.
with

dim_lead as (

    select * from {{ ref('dim_lead') }}

),

fct_leads as (

    select * from {{ ref('fct_leads') }}

),

pairs as (

    select
        fct_leads.site_key,
        count(*) as pair_count
    from {{ ref('fct_lead_matches') }} as fct_lead_matches
    inner join fct_leads on fct_lead_matches.left_lead_key = fct_leads.lead_key
    where fct_lead_matches.match_level = 'site'
    group by fct_leads.site_key

)

select
    dim_lead.site_key,
    dim_lead.record_count,
    pairs.pair_count
from dim_lead
left join pairs on dim_lead.site_key = pairs.site_key
where
    dim_lead.record_count between 2 and 50
    and 2 * coalesce(pairs.pair_count, 0) <> dim_lead.record_count * (dim_lead.record_count - 1)
