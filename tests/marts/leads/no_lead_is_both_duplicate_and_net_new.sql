select lead_key
from {{ ref('fct_leads') }}
where is_duplicate and is_net_new
