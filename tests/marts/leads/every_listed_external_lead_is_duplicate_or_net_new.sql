select lead_key
from {{ ref('fct_leads') }}
where
    source_system <> 'salesforce'
    and is_listed
    and is_duplicate = is_net_new
