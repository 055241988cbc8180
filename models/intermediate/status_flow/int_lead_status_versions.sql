with

all_versions as (

    select * from {{ ref('stg_salesforce__lead_versions') }}

),

-- Of a lead that has but one version nothing can be told.
with_past as (

    select distinct lead_id from all_versions
    where not is_newest_version

),

lead_versions as (

    select all_versions.* from all_versions
    inner join with_past on all_versions.lead_id = with_past.lead_id

),

compared as (

    select
        lead_id,
        lead_status,
        is_converted,
        coalesce(last_modified_at, version_at) as changed_at,
        row_number() over versions_of_lead as version_number,
        lag(lead_status) over versions_of_lead as previous_status,
        lag(is_converted) over versions_of_lead as was_converted
    from lead_versions
    window versions_of_lead as (
        partition by lead_id order by version_at asc nulls first, {{ ordered_text('period') }} asc nulls first, file_row asc
    )

),

-- One version may show two moves: to another status, and from there to `Converted`.
moved as (

    select
        lead_id,
        previous_status as from_status,
        lead_status as to_status,
        changed_at,
        2 * version_number as change_number
    from compared
    where previous_status <> lead_status

    union all

    select
        lead_id,
        lead_status as from_status,
        'Converted' as to_status,
        changed_at,
        2 * version_number + 1 as change_number
    from compared
    where is_converted and not was_converted

),

changes as (

    select
        *,
        coalesce(from_status <> to_status, false) as is_move
    from moved

),

{{ moves_in_order('changes') }}

select * from moves_in_order
