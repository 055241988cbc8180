{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook=[
        "{{ mark_changed('int_interactions', 'interaction_date', ['interaction_hash']) }}",
        "{{ forget_marked('interaction_date') }}",
    ],
    post_hook="{{ forget_marks() }}"
) }}

with

-- In an increment those of the days on which something has changed.
interactions as (

    select * from {{ ref('int_interactions') }}
    where
        interaction_date is not null
        and {{ is_marked('interaction_date') }}

),

final as (

    select
        interaction_date,
        count(*) as interaction_count,
        count(distinct customer_key) as customer_count,
        count(case when outcome = 'positive' then 1 end) as positive_count,
        cast(sum({{ rows_hash(['interaction_hash']) }}) as bigint) as rows_hash
    from interactions
    group by interaction_date

)

select * from final
