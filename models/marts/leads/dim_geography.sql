{{ config(indexes=postgres_indexes([
    {'columns': ['geography_key']},
    {'columns': ['state_code']},
])) }}

with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

states as (

    select * from {{ ref('states') }}

),

countries as (

    select * from {{ ref('countries') }}

),

places as (

    select distinct
        geography_key,
        country_code,
        state_code,
        {{ place_name('county') }} as county,
        {{ place_name('city') }} as city,
        postal_code
    from leads
    where geography_key <> {{ unknown_key(5) }}

),

final as (

    select
        places.geography_key,
        places.country_code,
        countries.country_name,
        states.region,
        states.division,
        places.state_code,
        states.state_name,
        {{ title_case('places.county') }} as county,
        {{ title_case('places.city') }} as city,
        places.postal_code
    from places
    left join countries on places.country_code = countries.country_code
    left join states on places.state_code = states.state_code

    union all

    select
        {{ unknown_key(5) }} as geography_key,
        cast(null as {{ dbt.type_string() }}) as country_code,
        'Unknown' as country_name,
        'Unknown' as region,
        'Unknown' as division,
        cast(null as {{ dbt.type_string() }}) as state_code,
        'Unknown' as state_name,
        'Unknown' as county,
        'Unknown' as city,
        cast(null as {{ dbt.type_string() }}) as postal_code

)

select * from final
