with

fct_leads as (

    select
        *,
        case
            when source_system = 'salesforce' then 1
            when is_listed then 2
            else 3
        end as standing
    from {{ ref('fct_leads') }}

)

select
    duplicates.lead_key,
    survivors.lead_key as survivor_lead_key
from fct_leads as duplicates
inner join fct_leads as survivors on duplicates.duplicate_of_lead_key = survivors.lead_key
where
    duplicates.standing < survivors.standing
    or (
        duplicates.standing = survivors.standing
        and duplicates.is_converted and not survivors.is_converted
    )
    or (
        duplicates.standing = survivors.standing
        and duplicates.is_converted = survivors.is_converted
        and (
            duplicates.created_at < survivors.created_at
            or (duplicates.created_at is not null and survivors.created_at is null)
            or (
                duplicates.created_at is not distinct from survivors.created_at
                and {{ ordered_text('duplicates.source_lead_id') }} < {{ ordered_text('survivors.source_lead_id') }}
            )
        )
    )
