with

events as (

    select
        *,
        {{ try_integer('new_value') }} as stage_id
    from {{ ref('int_deal_events') }}
    where changed_field_key = 'stage_id'

),

stages as (

    select * from {{ ref('int_deal_stages') }}

),

placed as (

    select
        events.deal_id,
        events.row_number_in_delivery,
        events.owner_id,
        events.stage_id,
        case when stages.stage_id is null then 'unmapped' else stages.funnel_step end as funnel_step,
        stages.stage_position,
        events.changed_at as entered_at
    from events
    left join stages on events.stage_id = stages.stage_id

),

in_context as (

    select
        *,
        lag(stage_id) over deal_order as previous_stage_id,
        lag(entered_at) over deal_order as previous_entered_at,
        lag(stage_position) over deal_order as previous_position,
        lead(stage_id) over deal_order as next_stage_id,
        lead(entered_at) over deal_order as next_entered_at
    from placed
    window deal_order as (partition by deal_id order by entered_at, row_number_in_delivery)

),

final as (

    select
        deal_id,
        row_number_in_delivery,
        owner_id,
        stage_id,
        previous_stage_id,
        next_stage_id,
        funnel_step,
        {{ days_between('entered_at', 'next_entered_at') }} as dwell_days,
        coalesce(stage_position > previous_position + 1, false) as is_skip_ahead,
        coalesce(stage_position < previous_position, false) as is_step_back,
        entered_at,
        previous_entered_at,
        next_entered_at
    from in_context

)

select * from final
