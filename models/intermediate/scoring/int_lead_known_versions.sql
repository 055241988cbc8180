{% set fields = [
    'lead_status', 'lead_source', 'industry', 'country', 'state', 'employee_count', 'annual_revenue', 'capacity',
    'current_enrollment', 'website_visits', 'content_downloads', 'email_opens',
] -%}

{{ config(materialized='view') }}


with

lead_versions as (

    select * from {{ ref('stg_salesforce__lead_versions') }}

),

runs as (

    select * from {{ source('operations', 'runs') }}
    where source_name = 'salesforce' and table_name = 'lead'

),

-- A file tells what its month ended with; over the API a version is known once it has been read.
dated as (

    select
        lead_versions.lead_id,
        {%- for field in fields %}
        lead_versions.{{ field }},
        {%- endfor %}
        lead_versions.created_at,
        lead_versions.version_at,
        lead_versions.first_period,
        lead_versions.file_row,
        least(
            greatest(
                lead_versions.version_at,
                coalesce(
                    cast(lead_versions.first_period || '-01' as timestamp) + interval '1 month',
                    runs.finished_at,
                    {{ as_of() }}
                )
            ),
            {{ as_of() }}
        ) as known_at
    from lead_versions
    left join runs on lead_versions.run_id = runs.run_id

),

ranked as (

    select
        *,
        row_number() over versions_of_lead as version_number,
        lead(known_at) over versions_of_lead as known_until
    from dated
    window versions_of_lead as (
        partition by lead_id
        order by known_at asc, version_at asc nulls first, {{ ordered_text('first_period') }} asc nulls first, file_row asc
    )

),

final as (

    select
        *,
        case
            when version_number = 1 and {{ var('score_fields_seldom_change') | lower }} then least(known_at, created_at)
            else known_at
        end as taken_from
    from ranked

)

-- What was known for no time at all was never seen.
select * from final
where known_until is null or known_until > taken_from
