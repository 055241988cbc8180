{{ config(materialized='view') }}

with

leads as (

    select * from {{ ref('int_leads_standardized') }}

),

final as (

    select
        -- ids
        'salesforce' as source_system,
        lead_id as source_lead_id,
        owner_id,

        -- business
        company as business_name,
        cast(null as {{ dbt.type_string() }}) as legal_name,
        cast(null as {{ dbt.type_string() }}) as dba_name,
        website,

        -- contact
        contact_name_masked,
        contact_name_key,
        contact_role,
        phone_masked,
        phone_key,
        mobile_phone_masked,
        mobile_phone_key,
        email_masked,
        email_key,

        -- address
        street,
        city,
        cast(null as {{ dbt.type_string() }}) as county,
        state_code,
        standard_postal_code as postal_code,
        country_code,

        -- licence
        cast(null as {{ dbt.type_string() }}) as license_number,
        cast(null as {{ dbt.type_string() }}) as renewed_as_license_number,
        cast(null as {{ dbt.type_string() }}) as license_type,
        cast(null as {{ dbt.type_string() }}) as facility_type,
        cast(null as {{ dbt.type_string() }}) as license_status,
        cast(null as date) as issue_date,
        cast(null as date) as expiry_date,
        cast(null as boolean) as is_license_active,
        cast(null as boolean) as is_listed,
        capacity,
        cast(null as boolean) as serves_infants,
        cast(null as boolean) as serves_toddlers,
        cast(null as boolean) as serves_preschool,
        cast(null as boolean) as serves_school_age,

        -- pipeline
        lead_status_name as lead_status,
        lead_source_name as lead_source,
        is_converted,
        is_deleted,
        created_at,
        last_modified_at,
        last_activity_date,
        converted_date
    from leads

)

select * from final
