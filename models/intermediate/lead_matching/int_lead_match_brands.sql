{% set suffix = '( +[-–—] *| *#[0-9]| +[(]| +[Aa][Tt] +| +[Oo][Ff] +).*$' -%}

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

-- A dash with a blank on one side is one too, but not that of `PRE- K`.
given as (

    select
        lead_key,
        {{ regex_replace('business_name', '([[:alnum:]]{3})[-–—] +([[:alnum:]]{2})', '\\1 - \\2') }} as business_name
    from leads

),

-- `MERRYHILL PRESCHOOL - SUMMERLIN`, `KinderCare #301`, `Bright Horizons at Park Place`, `Primrose School of Frisco`.
shortened as (

    select
        given.lead_key,
        case
            when {{ regex_matches('given.business_name', suffix) }}
                then {{ standard_name(regex_replace('given.business_name', suffix, '')) }}
            else names.name
        end as brand
    from given
    inner join names on given.lead_key = names.lead_key

),

-- `MERRYHILL II`
branded as (

    select
        lead_key,
        {{ regex_replace('brand', ' [0-9]+$', '') }} as brand
    from shortened

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
