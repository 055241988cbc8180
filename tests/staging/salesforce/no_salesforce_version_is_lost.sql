-- Every distinct pair of id and time that was ever landed is one version.
with

landed as (

    select distinct
        {{ clean_text('id') }} as lead_id,
        coalesce({{ try_timestamp('system_modstamp') }}, {{ try_timestamp('last_modified_date') }}) as version_at
    from {{ source('raw_salesforce', 'lead') }}
    where {{ clean_text('id') }} is not null

),

counts as (

    select
        (select count(*) from landed) as landed_count,
        (select count(*) from {{ ref('stg_salesforce__lead_versions') }}) as version_count

)

select * from counts
where landed_count <> version_count
