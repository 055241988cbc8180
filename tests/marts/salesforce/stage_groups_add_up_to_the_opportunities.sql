with

funnel as (

    select
        coalesce(sum(opportunity_count), 0) as opportunity_count,
        coalesce(sum(amount), 0) as amount
    from {{ ref('pipeline_funnel') }}

),

opportunities as (

    select
        count(*) as opportunity_count,
        coalesce(sum(case when amount > 0 then amount end), 0) as amount
    from {{ ref('stg_salesforce__opportunities') }}
    where not is_deleted

)

select
    opportunities.opportunity_count,
    funnel.opportunity_count as opportunity_count_of_the_groups,
    opportunities.amount,
    funnel.amount as amount_of_the_groups
from opportunities
cross join funnel
where
    opportunities.opportunity_count <> funnel.opportunity_count
    or opportunities.amount <> funnel.amount
