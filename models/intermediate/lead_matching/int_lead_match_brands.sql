{% set suffix = '( +[-–—] +| *#[0-9]| +[(]| +[Aa][Tt] +| +[Oo][Ff] +).*$' -%}

with

leads as (

    select * from {{ ref('int_leads_unioned') }}
    where not is_deleted

),

word_bits as (

    select * from {{ ref('int_lead_match_word_bits') }}

),

names as (

    select * from {{ ref('int_lead_match_names') }}

),

chance as (

    select {{ whole_bits('count(*)') }} as bits from names

),

-- `MERRYHILL PRESCHOOL - SUMMERLIN`, `KinderCare #301`, `Bright Horizons at Park Place`, `Primrose School of Frisco`.
branded as (

    select
        leads.lead_key,
        case
            when {{ regex_matches('leads.business_name', suffix) }}
                then {{ standard_name(regex_replace('leads.business_name', suffix, '')) }}
            else names.name
        end as brand
    from leads
    inner join names on leads.lead_key = names.lead_key

),

brand_words as (

    select distinct
        brand,
        {{ split_words('brand') }} as word
    from branded
    where brand is not null

),

-- A brand is distinctive if so many names as there are would hold it less than once by chance.
distinctive as (

    select
        brand_words.brand,
        cast(sum(word_bits.bits) - max(chance.bits) as integer) as bits
    from brand_words
    inner join word_bits on brand_words.word = word_bits.word
    cross join chance
    group by brand_words.brand
    having sum(word_bits.bits) >= max(chance.bits)

),

final as (

    select
        branded.lead_key,
        branded.brand,
        distinctive.bits
    from branded
    inner join distinctive on branded.brand = distinctive.brand

)

select * from final
