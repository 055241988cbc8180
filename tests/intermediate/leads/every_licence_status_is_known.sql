{{ config(severity='warn') }}

{%- set unknown %}
with

facilities as (

    select * from {{ ref('int_facilities_standardized') }}

),

license_statuses as (

    select * from {{ ref('license_statuses') }}

)

select
    facilities.source_system,
    facilities.license_status,
    count(*) as license_count
from facilities
left join license_statuses
    on
        facilities.source_system = license_statuses.source_system
        and {{ fold('facilities.license_status') }} = {{ fold('license_statuses.license_status') }}
where
    facilities.license_status is not null
    and license_statuses.license_status is null
group by facilities.source_system, facilities.license_status
{%- endset %}

{%- do warn_by_name(unknown, 'the seed license_statuses does not know (state, status, licences)') %}

{{ unknown }}
