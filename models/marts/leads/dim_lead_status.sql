{{ config(indexes=postgres_indexes([{'columns': ['lead_status_key']}])) }}

with

lead_status_groups as (

    select * from {{ ref('lead_status_groups') }}

),

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

-- A status that the seed does not know is kept under its own name, in the first of its spellings.
unknown_to_the_seed as (

    select
        min({{ ordered_text('lead_status') }}) as status,
        'other' as status_group,
        false as is_end_state,
        cast(null as bigint) as pipeline_order,
        false as is_known
    from leads
    where
        lead_status is not null
        and {{ fold('lead_status') }} not in (select {{ fold('status') }} from lead_status_groups)
    group by {{ fold('lead_status') }}

),

unioned as (

    select
        status,
        status_group,
        is_end_state,
        cast(pipeline_order as bigint) as pipeline_order,
        true as is_known
    from lead_status_groups

    union all

    select * from unknown_to_the_seed

),

final as (

    select
        {{ dbt_utils.generate_surrogate_key([fold('status')]) }} as lead_status_key,
        status as lead_status,
        status_group,
        is_end_state,
        pipeline_order,
        is_known
    from unioned

    union all

    select
        {{ unknown_key() }} as lead_status_key,
        'Unknown' as lead_status,
        'other' as status_group,
        false as is_end_state,
        cast(null as bigint) as pipeline_order,
        false as is_known

)

select * from final
