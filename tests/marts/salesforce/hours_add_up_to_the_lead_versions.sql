with

metrics as (

    select
        metric_timestamp,
        new_count + contacted_count + nurturing_count + qualified_count + unqualified_count + other_count as version_count,
        is_converted_count
    from {{ ref('lead_metrics') }}

),

modified as (

    select distinct
        lead_id,
        last_modified_at
    from {{ ref('stg_salesforce__lead_versions') }}
    where last_modified_at is not null

),

hours as (

    select
        date_trunc('hour', last_modified_at) as metric_timestamp,
        count(*) as version_count
    from modified
    group by 1

)

select
    coalesce(hours.metric_timestamp, metrics.metric_timestamp) as metric_timestamp,
    hours.version_count,
    metrics.version_count as version_count_of_the_groups,
    metrics.is_converted_count
from hours
full outer join metrics on hours.metric_timestamp = metrics.metric_timestamp
where
    hours.version_count is distinct from metrics.version_count
    or metrics.is_converted_count > metrics.version_count
