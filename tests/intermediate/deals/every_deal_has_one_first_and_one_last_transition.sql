select
    deal_id,
    count(case when previous_entered_at is null then 1 end) as first_transitions,
    count(case when next_entered_at is null then 1 end) as last_transitions
from {{ ref('int_deal_stage_transitions') }}
group by deal_id
having
    count(case when previous_entered_at is null then 1 end) <> 1
    or count(case when next_entered_at is null then 1 end) <> 1
