select geography_key
from {{ ref('dim_geography') }}
where
    state_code is not null
    and (state_name is null or division is null or region is null or country_code is null or country_name is null)
