{{ config(severity='warn') }}

with

leads as (

    select * from {{ ref('int_leads_standardized') }}

),

country_aliases as (

    select * from {{ ref('country_aliases') }}

)

select
    leads.country,
    leads.state_code,
    count(*) as record_count
from leads
left join country_aliases on {{ state_spelling('leads.country') }} = {{ state_spelling('country_aliases.alias') }}
where
    leads.country is not null
    and (country_aliases.country_code is null or country_aliases.country_code <> leads.country_code)
group by leads.country, leads.state_code
