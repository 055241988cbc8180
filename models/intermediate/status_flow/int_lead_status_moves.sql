with

history as (

    select * from {{ ref('int_lead_status_history') }}

),

versions as (

    select * from {{ ref('int_lead_status_versions') }}

),

leads as (

    select * from {{ ref('stg_salesforce__leads') }}

),

tracked as (

    select count(*) > 0 as is_tracked from history
    where to_status <> 'Converted'

),

-- Where the org keeps no history of the status, what was landed from time to time shows the moves.
unioned as (

    select
        history.lead_id,
        -- the status of a lead of which only the conversion is told has not changed since
        coalesce(history.from_status, case when history.is_conversion then leads.lead_status end) as from_status,
        history.to_status,
        history.changed_at,
        history.change_number,
        'history' as known_from
    from history
    cross join tracked
    left join leads on history.lead_id = leads.lead_id and history.from_status is null
    where tracked.is_tracked

    union all

    select
        versions.lead_id,
        versions.from_status,
        versions.to_status,
        versions.changed_at,
        versions.change_number,
        'versions' as known_from
    from versions
    cross join tracked
    where not tracked.is_tracked

),

-- A change from or to nothing, or to the same value, is no move.
final as (

    select * from unioned
    where from_status <> to_status

)

select * from final
