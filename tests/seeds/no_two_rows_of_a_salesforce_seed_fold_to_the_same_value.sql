with

spellings as (

    select
        'lead_status_groups' as seed,
        {{ fold('status') }} as value
    from {{ ref('lead_status_groups') }}

    union all

    select
        'opportunity_stage_groups' as seed,
        {{ fold('stage_name') }} as value
    from {{ ref('opportunity_stage_groups') }}

    union all

    select
        'interaction_channels: ' || attribute as seed,
        {{ fold('value') }} as value
    from {{ ref('interaction_channels') }}

    union all

    select
        'interaction_outcomes: ' || attribute as seed,
        {{ fold('value') }} as value
    from {{ ref('interaction_outcomes') }}

)

select
    seed,
    value,
    count(*) as row_count
from spellings
group by seed, value
having count(*) > 1
