{{ config(indexes=postgres_indexes([{'columns': ['lead_source_key']}])) }}

with

lead_sources as (

    select * from {{ ref('lead_sources') }}

),

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

known as (

    select distinct
        lead_source_name,
        channel_group,
        true as is_known
    from lead_sources

),

-- A source that the seed does not know keeps its own name, in the first of its spellings.
unknown_to_the_seed as (

    select
        min({{ ordered_text('lead_source') }}) as lead_source_name,
        'Other' as channel_group,
        false as is_known
    from leads
    where
        lead_source is not null
        and {{ fold('lead_source') }} not in (select {{ fold('lead_source_name') }} from lead_sources)
    group by {{ fold('lead_source') }}

),

unioned as (

    select * from known
    union all
    select * from unknown_to_the_seed

),

final as (

    select
        {{ dbt_utils.generate_surrogate_key([fold('lead_source_name')]) }} as lead_source_key,
        lead_source_name,
        channel_group,
        is_known
    from unioned

    union all

    select
        {{ unknown_key() }} as lead_source_key,
        'Unknown' as lead_source_name,
        'Unknown' as channel_group,
        false as is_known

)

select * from final
