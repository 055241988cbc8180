{{ config(severity='warn') }}

{%- set unknown %}
select
    source_system,
    license_type,
    count(*) as license_count
from {{ ref('int_facilities_standardized') }}
where
    license_type is not null
    and facility_type is null
group by source_system, license_type
{%- endset %}

{%- do warn_by_name(unknown, 'the seed license_types does not know (state, type, licences)') %}

{{ unknown }}
