select
    kind,
    {{ fold('source_value') }} as folded_value,
    count(*) as row_count
from {{ ref('funnel_steps') }}
group by 1, 2
having count(*) > 1
