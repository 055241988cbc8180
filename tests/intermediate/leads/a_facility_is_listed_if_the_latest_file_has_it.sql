with

in_latest_file as (

    {%- for state, column in {
        'nevada': clean_text('credential_number'),
        'oklahoma': oklahoma_license_number('type_license'),
        'texas': clean_text('operation'),
    }.items() %}
    select distinct
        '{{ state }}' as source_system,
        {{ column }} as license_number
    from {{ source('raw_facilities', state) }}
    where
        {{ in_latest_period('facilities', state) }}
        and {{ column }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

listed as (

    select
        source_system,
        license_number
    from {{ ref('int_facilities_standardized') }}
    where is_listed

)

select
    in_latest_file.license_number as license_number_in_latest_file,
    listed.license_number as listed_license_number
from in_latest_file
full outer join listed
    on
        in_latest_file.source_system = listed.source_system
        and in_latest_file.license_number = listed.license_number
where in_latest_file.license_number is null or listed.license_number is null
