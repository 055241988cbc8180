with

leads as (

    select * from {{ ref('int_leads_unioned') }}
    where not is_deleted

),

-- A licence may name its holder and what the business is called, in two columns or in one around `DBA`.
given as (

    select
        lead_key,
        coalesce({{ name_before_dba('business_name') }}, business_name, legal_name) as name,
        coalesce({{ name_after_dba('business_name') }}, case when dba_name is not null then legal_name end) as alternate_name
    from leads

),

standardized as (

    select
        lead_key,
        {{ standard_name('name') }} as name,
        {{ standard_name('alternate_name') }} as alternate_name
    from given

),

final as (

    select
        lead_key,
        name,
        nullif(alternate_name, name) as alternate_name,
        replace(name, ' ', '') as compact_name,
        replace(nullif(alternate_name, name), ' ', '') as compact_alternate_name
    from standardized

)

select * from final
