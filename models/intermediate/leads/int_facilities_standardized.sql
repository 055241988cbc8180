with

listings as (

    select * from {{ ref('int_facilities_listings') }}

),

newest_listings as (

    select * from {{ ref('int_facilities_newest_listings') }}

),

state_names as (

    select * from {{ ref('int_state_names') }}

),

states as (

    select * from {{ ref('states') }}

),

license_types as (

    select * from {{ ref('license_types') }}

),

license_statuses as (

    select * from {{ ref('license_statuses') }}

),

newest as (

    select
        listings.*,
        newest_listings.first_listed_period,
        newest_listings.last_listed_period,
        newest_listings.renewed_as_license_number,
        newest_listings.is_listed
    from newest_listings
    inner join listings
        on
            newest_listings.source_system = listings.source_system
            and newest_listings.period = listings.period
            and newest_listings.file_row = listings.file_row

),

final as (

    select
        newest.*,
        state_names.state_code,
        states.country_code,
        license_types.facility_type,
        coalesce(license_statuses.is_active, false) as is_license_active
    from newest
    left join state_names on {{ state_spelling('newest.state') }} = state_names.state_spelling
    left join states on state_names.state_code = states.state_code
    left join license_types
        on
            newest.source_system = license_types.source_system
            and {{ fold('newest.license_type') }} = {{ fold('license_types.license_type') }}
    left join license_statuses
        on
            newest.source_system = license_statuses.source_system
            and {{ fold('newest.license_status') }} = {{ fold('license_statuses.license_status') }}

)

select * from final
