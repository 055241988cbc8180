-- the order of events that share an instant: field, then place in the file
{%- set in_order = "order by changed_at, " ~ ordered_text('changed_field_key') ~ ", row_number_in_delivery" %}

with

events as (

    select
        *,
        case
            when changed_field_key = 'lost_reason' and new_value is not null then 'lost'
            when changed_field_key = 'status' and {{ fold('new_value') }} in ('open', 'won', 'lost') then {{ fold('new_value') }}
        end as status
    from {{ ref('int_deal_events') }}
    where changed_field_key in ('lost_reason', 'status')

),

compared as (

    select
        *,
        lag(status) over (partition by deal_id {{ in_order }}) as previous_status
    from events
    where status is not null

),

final as (

    select
        deal_id,
        row_number_in_delivery,
        owner_id,
        status,
        row_number() over (partition by deal_id, status {{ in_order }}) as occurrence,
        changed_at,
        lead(changed_at) over (partition by deal_id {{ in_order }}) as changed_again_at
    from compared
    where previous_status is null or status <> previous_status

)

select * from final
