select deals.*
from {{ ref('int_deals') }} as deals
left join {{ ref('int_deal_losses') }} as losses on deals.deal_id = losses.deal_id
where
    deals.status = 'lost'
    and (losses.deal_id is null or losses.lost_at > deals.closed_at)
