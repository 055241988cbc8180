with

name_words as (

    select * from {{ ref('int_lead_match_name_words') }}

),

word_bits as (

    select * from {{ ref('int_lead_match_word_bits') }}

),

weighted as (

    select
        name_words.lead_key,
        name_words.is_alternate,
        name_words.word,
        word_bits.bits,
        lpad(cast(word_bits.bits as {{ dbt.type_string() }}), 2, '0') || ' ' || name_words.word as weighted_word
    from name_words
    inner join word_bits on name_words.word = word_bits.word

),

final as (

    select
        lead_key,
        is_alternate,
        array_agg(weighted_word order by {{ ordered_text('weighted_word') }}) as words,
        cast(sum(bits) as integer) as bits,
        string_agg(
            case when {{ regex_matches('word', '^[0-9]+$') }} then word end, ' ' order by {{ ordered_text('word') }}
        ) as numbers
    from weighted
    group by lead_key, is_alternate

)

select * from final
