select
    months.month,
    steps.funnel_step
from {{ ref('int_funnel_months') }} as months
cross join {{ ref('int_funnel_steps') }} as steps
left join {{ ref('rep_sales_funnel_monthly') }} as funnel
    on months.month = funnel.month and steps.funnel_step = funnel.funnel_step
where funnel.month is null
