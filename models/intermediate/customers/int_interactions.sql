{{ config(materialized='view') }}

with

activities as (

    select * from {{ ref('int_activity_interactions') }}
    where is_interaction and interacted_at <= {{ as_of() }}

),

-- What lies ahead is planned, not done; what has no date has been.
exported as (

    select * from {{ ref('stg_crm_exports__interactions') }}
    where customer_id is not null and coalesce(interacted_at <= {{ as_of() }}, true)

),

channels as (

    select
        {{ fold('value') }} as value,
        channel
    from {{ ref('interaction_channels') }}
    where attribute = 'type'

),

outcomes as (

    select
        {{ fold('value') }} as value,
        outcome
    from {{ ref('interaction_outcomes') }}
    where attribute = 'call disposition'

),

exported_interactions as (

    select
        {{ dbt_utils.generate_surrogate_key(["'crm_exports'", 'exported.customer_id']) }} as customer_key,
        exported.customer_id,
        exported.interaction_id,
        coalesce(channels.channel, exported.channel, 'other') as channel,
        case
            when exported.outcome in ('positive', 'negative', 'neutral') then exported.outcome
            else coalesce(outcomes.outcome, 'neutral')
        end as outcome,
        exported.direction,
        cast(exported.duration_minutes as double precision) as duration_minutes,
        exported.interacted_at
    from exported
    left join channels on exported.channel = channels.value
    left join outcomes on exported.outcome = outcomes.value

),

unioned as (

    select
        customer_key,
        'salesforce' as source_system,
        account_id as customer_id,
        interaction_id,
        channel,
        outcome,
        direction,
        duration_minutes,
        interacted_at,
        known_at,
        interaction_hash
    from activities

    union all

    select
        customer_key,
        'crm_exports' as source_system,
        customer_id,
        interaction_id,
        channel,
        outcome,
        direction,
        duration_minutes,
        interacted_at,
        interacted_at as known_at,
        {{ interaction_hash() }} as interaction_hash
    from exported_interactions

),

final as (

    select
        *,
        cast(interacted_at as date) as interaction_date
    from unioned

)

select * from final
