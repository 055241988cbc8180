-- A record that would have gone before, by the seed itself and record by record.
with

dim_lead as (

    select * from {{ ref('dim_lead') }}

),

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

fct_leads as (

    select * from {{ ref('fct_leads') }}

),

attribute_authority as (

    select * from {{ ref('attribute_authority') }}

),

shared_sites as (

    select * from dim_lead
    where record_count > 1

),

offers as (

    {%- for attribute, columns in golden_attributes().items() %}
    select
        shared_sites.site_key,
        '{{ attribute }}' as attribute,
        leads.source_system,
        shared_sites.{{ attribute }}_from as chosen_source_system
    from shared_sites
    inner join fct_leads on shared_sites.site_key = fct_leads.site_key
    inner join leads on fct_leads.lead_key = leads.lead_key
    where leads.{{ columns[0] }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select
    offers.site_key,
    offers.attribute,
    offers.source_system
from offers
inner join attribute_authority as offered
    on
        offers.attribute = offered.attribute
        and offers.source_system = offered.source_system
left join attribute_authority as chosen
    on
        offers.attribute = chosen.attribute
        and offers.chosen_source_system = chosen.source_system
where
    chosen.authority is null
    or offered.authority < chosen.authority
