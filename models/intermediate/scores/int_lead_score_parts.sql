{{ config(materialized='view') }}

with

leads as (

    select * from {{ ref('stg_salesforce__leads') }}
    where not is_deleted

),

target_industries as (

    select * from {{ ref('target_industries') }}

),

-- Each spelling is folded once, not each lead's.
targets as (

    select industry
    from (select distinct industry from leads) as spelled
    where {{ fold('industry') }} in (select {{ fold('target_industries.industry') }} from target_industries)

),

final as (

    select
        leads.lead_id,
        leads.owner_id,
        leads.company,
        leads.lead_status,
        leads.industry,
        leads.is_converted,
        -- a business of unknown size is one person
        {{ log_share_of('coalesce(leads.employee_count, 1)', 10000) }} as size_part,
        0.6 * {{ share_of('leads.website_visits', 50) }} + 0.4 * {{ share_of('leads.content_downloads', 10) }} as engagement_part,
        case when targets.industry is null then 0.4 else 1.0 end as industry_part,
        {{ log_share_of('leads.annual_revenue', 100000000) }} as budget_part,
        -- long ago counts like never, and what nobody knows like thirty days
        1 - {{ share_of(
            'coalesce(leads.days_since_last_activity, ' ~ days_since('leads.last_activity_date') ~ ', 30)', 60
        ) }} as recency_part,
        {{ share_of('leads.email_opens', 30) }} as email_part
    from leads
    left join targets on leads.industry = targets.industry

)

select * from final
