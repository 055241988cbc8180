{% set most_words_in_a_city = 4 %}

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
        {%- for words in range(1, most_words_in_a_city + 1) %}
        {{ regex_extract(fold_ascii('street_and_city'), '(([^ ]+ ){' ~ (words - 1) ~ '}[^ ]+)$') }} as last_{{ words }}{{ ',' if not loop.last }}
        {%- endfor %}
    from facilities

),

longest_city as (

    select
        last_words.credential_number,
        last_words.period,
        last_words.file_row,
        last_words.street_and_city,
        case
            {%- for words in range(most_words_in_a_city, 0, -1) %}
            when cities_of_{{ words }}.city is not null then cities_of_{{ words }}.city
            {%- endfor %}
        end as city,
        case
            {%- for words in range(most_words_in_a_city, 0, -1) %}
            when cities_of_{{ words }}.city is not null
                then {{ regex_replace('last_words.street_and_city', '[,[:space:]]*([^-_[:space:]]+[-_[:space:]]+){' ~ (words - 1) ~ '}[^-_[:space:]]+$', '') }}
            {%- endfor %}
            else last_words.street_and_city
        end as street
    from last_words
    {%- for words in range(1, most_words_in_a_city + 1) %}
    left join nevada_cities as cities_of_{{ words }}
        on last_words.last_{{ words }} = cities_of_{{ words }}.spelling
    {%- endfor %}

),

final as (

    select
        credential_number,
        period,
        file_row,
        street_and_city,
        {{ clean_text('street') }} as street,
        city,
        street_and_city is not null and city is null as has_unparsed_address
    from longest_city

)

select * from final
