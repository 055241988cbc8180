with

name_words as (

    select * from {{ ref('int_lead_match_name_words') }}

),

names as (

    select count(*) as name_count from {{ ref('int_lead_match_names') }}
    where name is not null

),

counted as (

    select
        word,
        count(distinct lead_key) as name_count
    from name_words
    group by word

),

-- Whole bits: what a word is worth stays the same when a few leads are added.
final as (

    select
        counted.word,
        counted.name_count,
        greatest({{ whole_bits('names.name_count') }} - {{ whole_bits('counted.name_count') }}, 0) as bits
    from counted
    cross join names

)

select * from final
