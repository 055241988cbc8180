with

salesforce as (

    select * from {{ ref('int_leads_standardized') }}

),

facilities as (

    select * from {{ ref('int_facilities_standardized') }}

),

lead_sources as (

    select * from {{ ref('lead_sources') }}

),

salesforce_leads as (

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
    from salesforce

),

facility_leads as (

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

),

unioned as (

    select * from salesforce_leads
    union all
    select * from facility_leads

),

final as (

    select
        {{ dbt_utils.generate_surrogate_key(['source_system', 'source_lead_id']) }} as lead_key,
        {{ geography_key('country_code', 'state_code', 'county', 'city', 'postal_code') }} as geography_key,
        {{ dbt_utils.generate_surrogate_key([fold('lead_status')]) }} as lead_status_key,
        {{ dbt_utils.generate_surrogate_key([fold('lead_source')]) }} as lead_source_key,
        unioned.*
    from unioned

)

select * from final
