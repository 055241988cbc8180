with

periods as (

    select * from {{ ref('int_opportunity_stage_periods') }}

),

paired as (

    select
        periods.opportunity_id,
        periods.period_number,
        periods.stage_name,
        periods.entered_at,
        periods.left_at,
        following.entered_at as entered_at_of_the_next,
        following.stage_name as stage_name_of_the_next
    from periods
    left join periods as following
        on
            periods.opportunity_id = following.opportunity_id
            and periods.period_number + 1 = following.period_number

)

select * from paired
where
    left_at is distinct from entered_at_of_the_next
    or left_at < entered_at
    or stage_name = stage_name_of_the_next
