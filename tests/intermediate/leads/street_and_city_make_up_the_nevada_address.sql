-- Nothing of an address is lost: the street is how it begins, and what follows is a spelling of the city.
with

addresses as (

    select
        period,
        file_row,
        city,
        {{ fold_ascii('street_and_city') }} as address,
        coalesce({{ fold_ascii('street') }}, '') as street
    from {{ ref('int_facilities_nevada_addresses') }}

),

remainders as (

    select
        period,
        file_row,
        city,
        address,
        street,
        {{ regex_replace('substr(address, length(street) + 1)', '^[, ]+', '') }} as remainder
    from addresses

),

spellings as (

    select
        {{ fold_ascii('spelling') }} as spelling,
        city
    from {{ ref('nevada_cities') }}

)

select
    remainders.period,
    remainders.file_row
from remainders
left join spellings
    on
        remainders.remainder = spellings.spelling
        and remainders.city = spellings.city
where
    substr(remainders.address, 1, length(remainders.street)) <> remainders.street
    or (remainders.city is not null and spellings.city is null)
    or (remainders.city is null and remainders.remainder <> '')
