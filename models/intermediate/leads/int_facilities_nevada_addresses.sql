with

facilities as (

    select * from {{ ref('stg_facilities__nevada') }}

),

nevada_cities as (

    select
        {{ fold_ascii('spelling') }} as spelling,
        city
    from {{ ref('nevada_cities') }}

),

-- Joining on the last one, two, … words keeps the look-up a hash join at any size.
last_words as (

    select
        credential_number,
        period,
        file_row,
        street_and_city,
        {{ last_words('street_and_city', 4) }} as last_4,
        {{ last_words('street_and_city', 3) }} as last_3,
        {{ last_words('street_and_city', 2) }} as last_2,
        {{ last_words('street_and_city', 1) }} as last_1
    from facilities

),

longest_city as (

    select
        last_words.*,
        coalesce(of_4_words.city, of_3_words.city, of_2_words.city, of_1_word.city) as city,
        case
            when of_4_words.city is not null then 4
            when of_3_words.city is not null then 3
            when of_2_words.city is not null then 2
            when of_1_word.city is not null then 1
        end as city_word_count
    from last_words
    left join nevada_cities as of_4_words on last_words.last_4 = of_4_words.spelling
    left join nevada_cities as of_3_words on last_words.last_3 = of_3_words.spelling
    left join nevada_cities as of_2_words on last_words.last_2 = of_2_words.spelling
    left join nevada_cities as of_1_word on last_words.last_1 = of_1_word.spelling

),

final as (

    select
        credential_number,
        period,
        file_row,
        street_and_city,
        case city_word_count
            when 4 then {{ without_last_words('street_and_city', 4) }}
            when 3 then {{ without_last_words('street_and_city', 3) }}
            when 2 then {{ without_last_words('street_and_city', 2) }}
            when 1 then {{ without_last_words('street_and_city', 1) }}
            else street_and_city
        end as street,
        city,
        street_and_city is not null and city is null as has_unparsed_address
    from longest_city

)

select * from final
