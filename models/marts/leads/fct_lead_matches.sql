{{ config(indexes=postgres_indexes([
    {'columns': ['left_lead_key']},
    {'columns': ['right_lead_key']},
])) }}

with

links as (

    select * from {{ ref('int_lead_match_links') }}

),

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

final as (

    select
        links.left_lead_key,
        left_leads.source_system as left_source_system,
        left_leads.source_lead_id as left_source_lead_id,
        links.right_lead_key,
        right_leads.source_system as right_source_system,
        right_leads.source_lead_id as right_source_lead_id,
        links.match_level,
        links.match_rule,
        links.confidence,
        links.prior_bits,
        links.name_bits,
        links.number_bits,
        links.address_bits,
        links.place_bits,
        links.phone_bits,
        links.email_bits,
        links.domain_bits,
        links.person_bits,
        links.total_bits,
        links.explanation
    from links
    inner join leads as left_leads on links.left_lead_key = left_leads.lead_key
    inner join leads as right_leads on links.right_lead_key = right_leads.lead_key

)

select * from final
