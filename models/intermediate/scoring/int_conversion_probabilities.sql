{{ config(materialized='view') }}


with

probabilities as (

    select * from {{ source('operations', 'probabilities') }}

),

final as (

    select
        subject,
        record_id,
        probability,
        horizon_days,
        model,
        run_id,
        observed_at,
        scored_at
    from probabilities

)

select * from final
