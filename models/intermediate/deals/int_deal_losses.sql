with

status_changes as (

    select * from {{ ref('int_deal_status_changes') }}
    where status = 'lost' and occurrence = 1

),

reasons_given as (

    select
        deal_id,
        new_value as lost_reason_id,
        row_number() over (partition by deal_id order by changed_at, row_number_in_delivery) as occurrence
    from {{ ref('int_deal_events') }}
    where changed_field_key = 'lost_reason' and new_value is not null

),

field_options as (

    select * from {{ ref('int_field_options') }}
    where field_key = 'lost_reason'

),

final as (

    select
        status_changes.deal_id,
        status_changes.owner_id,
        reasons_given.lost_reason_id,
        coalesce(field_options.option_label, reasons_given.lost_reason_id) as lost_reason,
        status_changes.changed_at as lost_at
    from status_changes
    left join reasons_given on status_changes.deal_id = reasons_given.deal_id and reasons_given.occurrence = 1
    left join field_options on reasons_given.lost_reason_id = field_options.option_id

)

select * from final
