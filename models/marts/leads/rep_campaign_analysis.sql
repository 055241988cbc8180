{{ config(indexes=postgres_indexes([{'columns': ['month']}])) }}

with

fct_leads as (

    select * from {{ ref('fct_leads') }}

),

dim_lead_source as (

    select * from {{ ref('dim_lead_source') }}

),

counted as (

    select
        first_seen_month as month,
        lead_source_key,
        count(*) as lead_count,
        sum(case when is_deleted then 1 else 0 end) as deleted_count,
        sum(case when is_duplicate then 1 else 0 end) as duplicate_count,
        sum(case when is_net_new then 1 else 0 end) as net_new_count,
        sum(case when is_converted and not is_deleted then 1 else 0 end) as converted_count
    from fct_leads
    group by first_seen_month, lead_source_key

),

final as (

    select
        counted.month,
        dim_lead_source.lead_source_name,
        dim_lead_source.channel_group,
        {%- for count in ['lead_count', 'deleted_count', 'duplicate_count', 'net_new_count', 'converted_count'] %}
        cast(counted.{{ count }} as bigint) as {{ count }},
        {%- endfor %}
        {{ safe_divide('counted.duplicate_count', 'counted.lead_count - counted.deleted_count') }} as duplicate_rate,
        {{ safe_divide('counted.converted_count', 'counted.lead_count - counted.deleted_count') }} as conversion_rate
    from counted
    inner join dim_lead_source on counted.lead_source_key = dim_lead_source.lead_source_key

)

select * from final
