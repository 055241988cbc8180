with

stages as (

    select * from {{ ref('stg_pipedrive__stages') }}
    where stage_id is not null

),

field_options as (

    select * from {{ ref('int_field_options') }}
    where field_key = 'stage_id'

),

funnel_steps as (

    select * from {{ ref('funnel_steps') }}
    where kind = 'stage'

),

funnel as (

    select * from {{ ref('int_funnel_steps') }}

),

-- the table of stages first; the labels of the field `stage_id` for what it lacks
named as (

    select
        stage_id,
        stage_name,
        1 as preference,
        row_number_in_delivery as place
    from stages
    union all
    select
        {{ try_integer('option_id') }} as stage_id,
        option_label as stage_name,
        2 as preference,
        0 as place
    from field_options

),

ranked as (

    select
        *,
        row_number() over (partition by stage_id order by preference, place, {{ ordered_text('stage_name') }}) as choice
    from named
    where stage_id is not null and stage_name is not null

),

final as (

    select
        ranked.stage_id,
        ranked.stage_name,
        case when funnel_steps.kind is null then 'unmapped' else funnel_steps.funnel_step end as funnel_step,
        funnel.stage_position
    from ranked
    left join funnel_steps on {{ fold('ranked.stage_name') }} = {{ fold('funnel_steps.source_value') }}
    left join funnel on funnel_steps.funnel_step = funnel.funnel_step
    where ranked.choice = 1

)

select * from final
