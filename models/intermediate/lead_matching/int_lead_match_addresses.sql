with

leads as (

    select * from {{ ref('int_leads_unioned') }}
    where not is_deleted

),

-- The second number of `3416-18 79TH ST` belongs to the same house.
plain as (

    select
        lead_key,
        {{ plain_words(regex_replace(regex_replace('street', '^([0-9]+)-[0-9]+', '\\1'), '#', ' unit ')) }} as street,
        {{ replace_words(plain_words('city'), {'saint': ['st'], 'fort': ['ft'], 'mount': ['mt']}) }} as city,
        state_code,
        left(postal_code, 5) as postal_code
    from leads

),

-- A post-office box is no place.
placed as (

    select
        lead_key,
        case when not {{ regex_matches('street', '(^| )p ?o box ') }} then street end as street,
        city,
        state_code,
        postal_code
    from plain

),

final as (

    select
        lead_key,
        {{ regex_extract('street', '^([0-9]+)[a-z]? ') }} as house_number,
        {{ street_name('street') }} as street_name,
        city,
        state_code,
        postal_code
    from placed

)

select * from final
