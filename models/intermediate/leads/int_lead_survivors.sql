with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

sites as (

    select * from {{ ref('int_lead_organizations') }}

),

ranked as (

    select
        leads.lead_key,
        sites.site_key,
        sites.organization_key,
        leads.is_deleted,
        coalesce(leads.is_listed, false) as is_listed,
        row_number() over (
            partition by sites.site_key
            order by
                -- a facility that its state no longer lists stands behind one that it does, else the site would look unlisted
                case
                    when leads.is_deleted then 4
                    when leads.source_system = 'salesforce' then 1
                    when leads.is_listed then 2
                    else 3
                end,
                leads.is_converted desc,
                leads.created_at asc nulls last,
                {{ ordered_text('leads.source_lead_id') }},
                {{ ordered_text('leads.source_system') }}
        ) as site_rank
    from leads
    inner join sites on leads.lead_key = sites.lead_key

),

with_survivors as (

    select
        *,
        max(case when site_rank = 1 and not is_deleted then lead_key end) over (partition by site_key) as survivor_lead_key
    from ranked

),

final as (

    select
        lead_key,
        site_key,
        organization_key,
        case when not is_deleted then survivor_lead_key end as survivor_lead_key,
        site_rank,
        not is_deleted and site_rank > 1 as is_duplicate,
        case when not is_deleted and site_rank > 1 then survivor_lead_key end as duplicate_of_lead_key,
        -- a listed record that nothing of Salesforce stands before
        not is_deleted and site_rank = 1 and is_listed as is_net_new
    from with_survivors

)

select * from final
