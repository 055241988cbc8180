with

entries as (

    select * from {{ ref('int_deal_funnel_entries') }}

),

sub_steps as (

    select * from {{ ref('int_funnel_steps') }}
    where parent_step is not null

),

final as (

    select
        {{ month_start('parents.entered_at') }} as month,
        sub_steps.funnel_step,
        count(*) as parent_deals_with_call_count
    from sub_steps
    inner join entries as parents on sub_steps.parent_step = parents.funnel_step
    inner join entries as calls on parents.deal_id = calls.deal_id and sub_steps.funnel_step = calls.funnel_step
    group by 1, 2

)

select * from final
