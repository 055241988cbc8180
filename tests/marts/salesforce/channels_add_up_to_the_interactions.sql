with

channels as (

    select * from {{ ref('channel_performance') }}

),

interactions as (

    select
        channel,
        count(*) as interaction_count
    from {{ ref('int_interactions') }}
    group by channel

)

select
    coalesce(interactions.channel, channels.channel) as channel,
    interactions.interaction_count,
    channels.interaction_count as interaction_count_of_the_channel
from interactions
full outer join channels on interactions.channel = channels.channel
where interactions.interaction_count is distinct from channels.interaction_count
