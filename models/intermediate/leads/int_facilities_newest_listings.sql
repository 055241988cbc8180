with

listings as (

    select * from {{ ref('int_facilities_listings') }}

),

latest_periods as (

    {%- for state in ['nevada', 'oklahoma', 'texas'] %}
    select
        '{{ state }}' as source_system,
        {{ latest_period('facilities', state) }} as latest_period
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

-- Ids in a file are not trusted: of two rows with one licence number in a period the last one counts here;
-- licence_numbers_are_listed_once_per_period names the others.
ranked as (

    select
        source_system,
        license_number,
        period,
        file_row,
        min(period) over (partition by source_system, license_number) as first_listed_period,
        max(period) over (partition by source_system, license_number) as last_listed_period,
        row_number() over (
            partition by source_system, license_number
            order by period desc, file_row desc
        ) as listing_rank
    from listings
    where license_number is not null

),

newest as (

    select
        *,
        case when source_system = 'nevada' then {{ regex_extract('license_number', '^(.+)-[0-9][0-9]$') }} end as lasting_number
    from ranked
    where listing_rank = 1

),

-- A Nevada credential number ends in its year. Renewed, it is listed as another number, from the month on in which
-- this one no longer is; two numbers that were ever listed at once are two licences.
successors as (

    select
        *,
        lead(license_number) over (
            partition by source_system, lasting_number order by first_listed_period, {{ ordered_text('license_number') }}
        ) as next_number,
        lead(first_listed_period) over (
            partition by source_system, lasting_number order by first_listed_period, {{ ordered_text('license_number') }}
        ) as next_number_first_listed_period
    from newest

),

final as (

    select
        successors.source_system,
        successors.license_number,
        successors.period,
        successors.file_row,
        successors.first_listed_period,
        successors.last_listed_period,
        case
            when
                successors.lasting_number is not null
                and successors.next_number_first_listed_period > successors.last_listed_period
                then successors.next_number
        end as renewed_as_license_number,
        coalesce(successors.last_listed_period = latest_periods.latest_period, false) as is_listed
    from successors
    left join latest_periods on successors.source_system = latest_periods.source_system

)

select * from final
