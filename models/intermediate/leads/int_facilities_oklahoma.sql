{{ config(materialized='view') }}

with

oklahoma as (

    select * from {{ ref('stg_facilities__oklahoma') }}

),

final as (

    select
        'oklahoma' as source_system,
        license_number,
        period,
        file_row,
        coalesce(dba_name, legal_name) as business_name,
        legal_name,
        dba_name,
        contact_name_masked,
        contact_name_key,
        contact_role,
        phone_masked,
        phone_key,
        has_invalid_phone,
        email_masked,
        email_key,
        has_invalid_email,
        street,
        city,
        cast(null as {{ dbt.type_string() }}) as county,
        coalesce(state, 'OK') as state,
        postal_code,
        false as has_unparsed_address,
        license_type,
        -- the file has no status: it lists who holds a licence
        'Licensed' as license_status,
        cast(null as boolean) as is_provisional,
        cast(null as boolean) as has_disciplinary_action,
        issue_date,
        cast(null as date) as expiry_date,
        capacity,
        serves_infants,
        serves_toddlers,
        serves_preschool,
        serves_school_age,
        accepts_subsidy,
        star_level
    from oklahoma

)

select * from final
