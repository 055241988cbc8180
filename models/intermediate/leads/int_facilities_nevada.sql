{{ config(materialized='view') }}

with

nevada as (

    select * from {{ ref('stg_facilities__nevada') }}

),

nevada_addresses as (

    select * from {{ ref('int_facilities_nevada_addresses') }}

),

final as (

    select
        'nevada' as source_system,
        nevada.credential_number as license_number,
        nevada.period,
        nevada.file_row,
        nevada.business_name,
        cast(null as {{ dbt.type_string() }}) as legal_name,
        cast(null as {{ dbt.type_string() }}) as dba_name,
        nevada.contact_name_masked,
        nevada.contact_name_key,
        nevada.contact_role,
        nevada.phone_masked,
        nevada.phone_key,
        nevada.has_invalid_phone,
        cast(null as {{ dbt.type_string() }}) as email_masked,
        cast(null as {{ dbt.type_string() }}) as email_key,
        false as has_invalid_email,
        nevada_addresses.street,
        nevada_addresses.city,
        nevada.county,
        coalesce(nevada.state, 'NV') as state,
        nevada.postal_code,
        nevada_addresses.has_unparsed_address,
        nevada.credential_type as license_type,
        nevada.license_status,
        nevada.is_provisional,
        nevada.has_disciplinary_action,
        nevada.issue_date,
        nevada.expiry_date,
        cast(null as bigint) as capacity,
        cast(null as boolean) as serves_infants,
        cast(null as boolean) as serves_toddlers,
        cast(null as boolean) as serves_preschool,
        cast(null as boolean) as serves_school_age,
        cast(null as boolean) as accepts_subsidy,
        cast(null as bigint) as star_level
    from nevada
    left join nevada_addresses
        on
            nevada.period = nevada_addresses.period
            and nevada.file_row = nevada_addresses.file_row

)

select * from final
