{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='interaction_id',
    on_schema_change='sync_all_columns',
    pre_hook="{{ forget_unless_made_from(['int_activities'], ['interaction_channels', 'interaction_outcomes']) }}"
) }}

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

activities as (

    select
        *,
        {{ made_from('delivery_id', ['interaction_channels', 'interaction_outcomes']) }} as made_from
    from {{ ref('int_activities') }}

),

news as (

    select * from activities
    {% if is_incremental() -%}
    where made_from not in (select known.delivery_id from {{ this }} as known)
    {%- endif %}

),

final as (

    select
        news.interaction_id,
        news.account_id,
        news.who_id,
        coalesce(by_subtype.channel, by_type.channel, news.subject_channel, 'other') as channel,
        coalesce(by_disposition.outcome, by_status.outcome, 'neutral') as outcome,
        case when news.direction in ('inbound', 'outbound') then news.direction end as direction,
        news.duration_minutes,
        news.interacted_at,
        greatest(news.interacted_at, news.created_at) as known_at,
        news.has_taken_place,
        news.has_taken_place and news.account_id is not null as is_interaction,
        news.made_from as delivery_id
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

select * from final
