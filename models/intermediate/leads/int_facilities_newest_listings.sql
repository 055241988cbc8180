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

final as (

    select
        ranked.source_system,
        ranked.license_number,
        ranked.period,
        ranked.file_row,
        ranked.first_listed_period,
        ranked.last_listed_period,
        coalesce(ranked.last_listed_period = latest_periods.latest_period, false) as is_listed
    from ranked
    left join latest_periods on ranked.source_system = latest_periods.source_system
    where ranked.listing_rank = 1

)

select * from final
