{{ config(materialized='view') }}

with

facilities as (

    select * from {{ ref('int_facilities_standardized') }}

),

lead_sources as (

    select * from {{ ref('lead_sources') }}

),

final as (

    select
        -- ids
        facilities.source_system,
        facilities.license_number as source_lead_id,
        cast(null as {{ dbt.type_string() }}) as owner_id,

        -- business
        facilities.business_name,
        facilities.legal_name,
        facilities.dba_name,
        cast(null as {{ dbt.type_string() }}) as website,

        -- contact
        facilities.contact_name_masked,
        facilities.contact_name_key,
        facilities.contact_role,
        facilities.phone_masked,
        facilities.phone_key,
        cast(null as {{ dbt.type_string() }}) as mobile_phone_masked,
        cast(null as {{ dbt.type_string() }}) as mobile_phone_key,
        facilities.email_masked,
        facilities.email_key,

        -- address
        facilities.street,
        facilities.city,
        facilities.county,
        facilities.state_code,
        facilities.postal_code,
        facilities.country_code,

        -- licence
        facilities.license_number,
        facilities.renewed_as_license_number,
        facilities.license_type,
        facilities.facility_type,
        facilities.license_status,
        facilities.issue_date,
        facilities.expiry_date,
        facilities.is_license_active,
        facilities.is_listed,
        facilities.capacity,
        facilities.serves_infants,
        facilities.serves_toddlers,
        facilities.serves_preschool,
        facilities.serves_school_age,

        -- pipeline
        cast(null as {{ dbt.type_string() }}) as lead_status,
        lead_sources.lead_source_name as lead_source,
        false as is_converted,
        false as is_deleted,
        cast(null as {{ dbt.type_timestamp() }}) as created_at,
        cast(null as {{ dbt.type_timestamp() }}) as last_modified_at,
        cast(null as date) as last_activity_date,
        cast(null as date) as converted_date
    from facilities
    left join lead_sources on facilities.source_system = lead_sources.raw_value

)

select * from final
