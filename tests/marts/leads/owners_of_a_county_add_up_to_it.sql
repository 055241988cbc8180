select
    state_code,
    county
from {{ ref('rep_territory_management') }}
group by state_code, county
having
    min(county_licensed_sites) <> sum(licensed_sites)
    or max(county_licensed_sites) <> sum(licensed_sites)
    or min(county_net_new_sites) <> sum(net_new_sites)
    or max(county_net_new_sites) <> sum(net_new_sites)
