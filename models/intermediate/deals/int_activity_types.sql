with

activities as (

    select distinct activity_type from {{ ref('stg_pipedrive__activities') }}
    where activity_type is not null

),

funnel_steps as (

    select * from {{ ref('funnel_steps') }}
    where kind = 'activity'

),

final as (

    select
        activities.activity_type,
        case when funnel_steps.kind is null then 'unmapped' else funnel_steps.funnel_step end as funnel_step
    from activities
    left join funnel_steps on {{ fold('activities.activity_type') }} = {{ fold('funnel_steps.source_value') }}

)

select * from final
