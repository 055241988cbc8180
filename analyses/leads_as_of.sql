-- How many leads stood where on a day, and how many were converted by then? Ask about any moment with `--vars "{as_of: '2026-10-15'}"`.
with

leads as (

    select * from {{ versions_at(ref('dim_lead_history'), as_of()) }}
    where not is_deleted

),

final as (

    select
        lead_status,
        count(*) as lead_count,
        sum(case when is_converted then 1 else 0 end) as converted_count
    from leads
    group by lead_status

)

select * from final
order by lead_count desc, lead_status asc
