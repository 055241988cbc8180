with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

dim_geography as (

    select * from {{ ref('dim_geography') }}

)

select leads.lead_key
from leads
left join dim_geography on leads.geography_key = dim_geography.geography_key
where
    dim_geography.geography_key is null
    or leads.state_code is distinct from dim_geography.state_code
    or leads.postal_code is distinct from dim_geography.postal_code
    or leads.country_code is distinct from dim_geography.country_code
    or ({{ place_name('leads.city') }} is null) <> (dim_geography.city is null or dim_geography.city = 'Unknown')
