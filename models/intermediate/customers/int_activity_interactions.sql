{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='interaction_id',
    on_schema_change='sync_all_columns',
    pre_hook="{{ forget_unless_made_from(
        'int_activities', ['interaction_channels', 'interaction_outcomes'], ['int_activities']
    ) }}"
) }}

{%- set seeds = ['interaction_channels', 'interaction_outcomes'] -%}
{%- set views = ['int_activities'] %}

with

channels as (

    select
        attribute,
        {{ fold('value') }} as value,
        channel
    from {{ ref('interaction_channels') }}

),

outcomes as (

    select
        attribute,
        {{ fold('value') }} as value,
        outcome
    from {{ ref('interaction_outcomes') }}

),

news as (

    select * from {{ ref('int_activities') }}
    where {{ not_made_yet('int_activities', seeds, views) }}

),

final as (

    select
        news.interaction_id,
        news.account_id,
        {{ dbt_utils.generate_surrogate_key(["'salesforce'", 'news.account_id']) }} as customer_key,
        news.who_id,
        coalesce(by_subtype.channel, by_type.channel, news.subject_channel, 'other') as channel,
        coalesce(by_disposition.outcome, by_status.outcome, 'neutral') as outcome,
        case when news.direction in ('inbound', 'outbound') then news.direction end as direction,
        news.duration_minutes,
        news.interacted_at,
        greatest(news.interacted_at, news.created_at) as known_at,
        news.has_taken_place,
        news.has_taken_place and news.account_id is not null as is_interaction,
        {{ made_from('news.delivery_id', seeds, views) }} as delivery_id
    from news
    left join channels as by_subtype
        on by_subtype.attribute = 'task subtype' and {{ fold('news.activity_subtype') }} = by_subtype.value
    left join channels as by_type
        on by_type.attribute = 'type' and {{ fold('news.activity_type') }} = by_type.value
    left join outcomes as by_disposition
        on by_disposition.attribute = 'call disposition' and {{ fold('news.call_disposition') }} = by_disposition.value
    left join outcomes as by_status
        on by_status.attribute = 'status' and {{ fold('news.activity_status') }} = by_status.value

)

select
    *,
    {{ interaction_hash() }} as interaction_hash
from final
