select site_key
from {{ ref('fct_leads') }}
group by site_key
having min(organization_key) <> max(organization_key)
