select site_key
from {{ ref('dim_lead') }}
where
    (is_listed and is_in_salesforce = is_net_new)
    or (not is_listed and is_net_new)
