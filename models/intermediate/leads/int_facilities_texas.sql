{{ config(materialized='view') }}

with

texas as (

    select * from {{ ref('stg_facilities__texas') }}

),

final as (

    select
        'texas' as source_system,
        operation_number as license_number,
        period,
        file_row,
        business_name,
        cast(null as {{ dbt.type_string() }}) as legal_name,
        cast(null as {{ dbt.type_string() }}) as dba_name,
        cast(null as {{ dbt.type_string() }}) as contact_name_masked,
        cast(null as {{ dbt.type_string() }}) as contact_name_key,
        cast(null as {{ dbt.type_string() }}) as contact_role,
        phone_masked,
        phone_key,
        has_invalid_phone,
        email_masked,
        email_key,
        has_invalid_email,
        street,
        city,
        county,
        coalesce(state, 'TX') as state,
        postal_code,
        false as has_unparsed_address,
        license_type,
        license_status,
        cast(null as boolean) as is_provisional,
        cast(null as boolean) as has_disciplinary_action,
        issue_date,
        cast(null as date) as expiry_date,
        capacity,
        serves_infants,
        serves_toddlers,
        serves_preschool,
        serves_school_age,
        cast(null as boolean) as accepts_subsidy,
        cast(null as bigint) as star_level
    from texas

)

select * from final
