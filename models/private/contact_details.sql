{{ config(materialized='table', schema='private') }}

with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

salesforce as (

    select
        'salesforce' as source_system,
        {{ clean_text('id') }} as source_lead_id,
        {{ person_name('first_name', 'last_name') }} as person_name,
        {{ normalize_phone('phone') }} as phone,
        {{ normalize_phone('mobile_phone') }} as mobile_phone,
        {{ normalize_email('email') }} as email,
        row_number() over (
            partition by {{ clean_text('id') }}
            order by
                _period desc nulls last,
                coalesce({{ try_timestamp('system_modstamp') }}, {{ try_timestamp('last_modified_date') }}) desc nulls last,
                _row_number desc nulls last
        ) as version_rank
    from {{ source('raw_salesforce', 'lead') }}

),

nevada as (

    select
        'nevada' as source_system,
        {{ clean_text('credential_number') }} as source_lead_id,
        {{ clean_text(repair_apostrophe('primary_contact_name')) }} as person_name,
        {{ normalize_phone('phone') }} as phone,
        cast(null as {{ dbt.type_string() }}) as mobile_phone,
        cast(null as {{ dbt.type_string() }}) as email,
        row_number() over (
            partition by {{ clean_text('credential_number') }} order by _period desc, _row_number desc
        ) as version_rank
    from {{ source('raw_facilities', 'nevada') }}

),

oklahoma as (

    select
        'oklahoma' as source_system,
        {{ oklahoma_license_number('type_license') }} as source_lead_id,
        {{ oklahoma_caregiver_name('primary_caregiver') }} as person_name,
        {{ normalize_phone('phone') }} as phone,
        cast(null as {{ dbt.type_string() }}) as mobile_phone,
        {{ normalize_email('email') }} as email,
        row_number() over (
            partition by {{ oklahoma_license_number('type_license') }} order by _period desc, _row_number desc
        ) as version_rank
    from {{ source('raw_facilities', 'oklahoma') }}

),

texas as (

    select
        'texas' as source_system,
        {{ clean_text('operation') }} as source_lead_id,
        cast(null as {{ dbt.type_string() }}) as person_name,
        {{ normalize_phone('phone') }} as phone,
        cast(null as {{ dbt.type_string() }}) as mobile_phone,
        {{ normalize_email('email_address') }} as email,
        row_number() over (
            partition by {{ clean_text('operation') }} order by _period desc, _row_number desc
        ) as version_rank
    from {{ source('raw_facilities', 'texas') }}

),

records as (

    select * from salesforce
    union all
    select * from nevada
    union all
    select * from oklahoma
    union all
    select * from texas

),

final as (

    select
        leads.lead_key as contact_key,
        records.source_system,
        records.source_lead_id,
        records.person_name,
        records.phone,
        records.mobile_phone,
        records.email
    from leads
    inner join records
        on
            leads.source_system = records.source_system
            and leads.source_lead_id = records.source_lead_id
    where records.version_rank = 1

)

select * from final
