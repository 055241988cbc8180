with

fct_leads as (

    select * from {{ ref('fct_leads') }}

),

dim_facility as (

    select * from {{ ref('dim_facility') }}

),

-- What people decided, about either or about what is one site with it, goes before the numbers of licences.
decisions as (

    select left_lead_key from {{ ref('int_lead_match_decisions') }}

),

renewals as (

    select
        source_system,
        license_number,
        renewed_as_license_number
    from dim_facility
    where renewed_as_license_number is not null

)

select
    renewed.lead_key,
    successor.lead_key as successor_lead_key
from renewals
inner join fct_leads as renewed
    on
        renewals.source_system = renewed.source_system
        and renewals.license_number = renewed.source_lead_id
inner join fct_leads as successor
    on
        renewals.source_system = successor.source_system
        and renewals.renewed_as_license_number = successor.source_lead_id
where
    renewed.site_key <> successor.site_key
    and renewed.lead_key not in (select decisions.left_lead_key from decisions)
    and successor.lead_key not in (select decisions.left_lead_key from decisions)
