with

names as (

    select * from {{ ref('int_lead_match_names') }}

),

final as (

    select distinct
        lead_key,
        false as is_alternate,
        {{ split_words('name') }} as word
    from names
    where name is not null

    union all

    select distinct
        lead_key,
        true as is_alternate,
        {{ split_words('alternate_name') }} as word
    from names
    where alternate_name is not null

)

select * from final
