{{ config(materialized='view') }}

with

activities as (

    select * from {{ ref('int_activity_interactions') }}
    where is_interaction and interacted_at <= {{ as_of() }}

),

exported as (

    select * from {{ ref('stg_crm_exports__interactions') }}
    where customer_id is not null

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
        known_at
    from activities

    union all

    select
        {{ dbt_utils.generate_surrogate_key(["'crm_exports'", 'customer_id']) }} as customer_key,
        'crm_exports' as source_system,
        customer_id,
        interaction_id,
        coalesce(channel, 'other') as channel,
        case when outcome in ('positive', 'negative') then outcome else 'neutral' end as outcome,
        direction,
        cast(duration_minutes as double precision) as duration_minutes,
        interacted_at,
        interacted_at as known_at
    from exported

)

select * from unioned
