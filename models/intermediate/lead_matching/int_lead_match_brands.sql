with

leads as (

    select * from {{ ref('int_leads_unioned') }}
    where not is_deleted

),

word_bits as (

    select * from {{ ref('int_lead_match_word_bits') }}

),

names as (

    select {{ whole_bits('count(*)') }} as bits from {{ ref('int_lead_match_names') }}

),

-- `MERRYHILL PRESCHOOL - SUMMERLIN`, `KinderCare #301`, `Bright Horizons at Park Place`, `Primrose School of Frisco`.
branded as (

    select
        lead_key,
        {{ standard_name(regex_replace(
            'business_name', '( +[-–—] +| *#[0-9]| +[(]| +[Aa][Tt] +| +[Oo][Ff] +).*$', ''
        )) }} as brand
    from leads

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
        cast(sum(word_bits.bits) - max(names.bits) as integer) as bits
    from brand_words
    inner join word_bits on brand_words.word = word_bits.word
    cross join names
    group by brand_words.brand
    having sum(word_bits.bits) >= max(names.bits)

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
