with

leads as (

    select * from {{ ref('stg_salesforce__leads') }}

),

state_names as (

    select * from {{ ref('int_state_names') }}

),

states as (

    select * from {{ ref('states') }}

),

country_aliases as (

    select * from {{ ref('country_aliases') }}

),

lead_sources as (

    select * from {{ ref('lead_sources') }}

),

lead_status_groups as (

    select * from {{ ref('lead_status_groups') }}

),

final as (

    select
        leads.*,
        {{ normalize_postal_code('leads.postal_code') }} as standard_postal_code,
        state_names.state_code,
        -- a known state decides the country, so that the places stay one tree
        coalesce(states.country_code, country_aliases.country_code) as country_code,
        coalesce(lead_sources.lead_source_name, leads.lead_source) as lead_source_name,
        coalesce(lead_status_groups.status, leads.lead_status) as lead_status_name
    from leads
    left join state_names on {{ state_spelling('leads.state') }} = state_names.state_spelling
    left join states on state_names.state_code = states.state_code
    left join country_aliases on {{ state_spelling('leads.country') }} = {{ state_spelling('country_aliases.alias') }}
    left join lead_sources on {{ fold('leads.lead_source') }} = {{ fold('lead_sources.raw_value') }}
    left join lead_status_groups on {{ fold('leads.lead_status') }} = {{ fold('lead_status_groups.status') }}

)

select * from final
