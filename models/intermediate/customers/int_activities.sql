{{ config(materialized='view') }}

with

-- What is still to be done is no interaction yet, and an invited person's copy of an event is no second one.
final as (

    select
        task_id as interaction_id,
        account_id,
        who_id,
        task_subtype as activity_subtype,
        task_type as activity_type,
        subject_channel,
        call_disposition,
        task_status as activity_status,
        {{ fold('call_type') }} as direction,
        cast(call_seconds as double precision) / 60 as duration_minutes,
        coalesce(completed_at, cast(activity_date as timestamp), created_at) as interacted_at,
        created_at,
        is_closed and not is_deleted as has_taken_place,
        delivery_id
    from {{ ref('stg_salesforce__tasks') }}

    union all

    select
        event_id as interaction_id,
        account_id,
        who_id,
        null as activity_subtype,
        coalesce(event_type, 'Meeting') as activity_type,
        subject_channel,
        null as call_disposition,
        null as activity_status,
        null as direction,
        cast(duration_minutes as double precision) as duration_minutes,
        coalesce(started_at, cast(activity_date as timestamp)) as interacted_at,
        created_at,
        not is_child and not is_deleted as has_taken_place,
        delivery_id
    from {{ ref('stg_salesforce__events') }}

)

select * from final
