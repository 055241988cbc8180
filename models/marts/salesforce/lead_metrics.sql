{% set groups = ['new', 'contacted', 'nurturing', 'qualified', 'unqualified', 'other'] -%}

with

lead_versions as (

    select * from {{ ref('stg_salesforce__lead_versions') }}
    where last_modified_at is not null

),

lead_status_groups as (

    select * from {{ ref('lead_status_groups') }}

),

-- Each spelling is folded once, not each version's.
status_groups as (

    select
        spelled.lead_status,
        lead_status_groups.status_group
    from (select distinct lead_status from lead_versions) as spelled
    inner join lead_status_groups on {{ fold('spelled.lead_status') }} = {{ fold('lead_status_groups.status') }}

),

-- Salesforce may touch a record without anybody modifying it: of versions of one modification the newest counts.
ranked as (

    select
        *,
        row_number() over (
            partition by lead_id, last_modified_at
            order by version_at desc nulls last, {{ ordered_text('period') }} desc nulls last, file_row desc
        ) as copy_rank
    from lead_versions

),

modified as (

    select
        date_trunc('hour', ranked.last_modified_at) as metric_timestamp,
        coalesce(status_groups.status_group, 'other') as status_group,
        ranked.is_converted
    from ranked
    left join status_groups on ranked.lead_status = status_groups.lead_status
    where ranked.copy_rank = 1

),

final as (

    select
        cast(metric_timestamp as timestamp) as metric_timestamp,
        {%- for group in groups %}
        count(case when status_group = '{{ group }}' then 1 end) as {{ group }}_count,
        {%- endfor %}
        count(case when is_converted then 1 end) as is_converted_count
    from modified
    group by metric_timestamp

)

select * from final
