with

match_weights as (

    select * from {{ ref('match_weights') }}

),

final as (

    select
        attribute,
        level,
        {{ thousandths('bits') }} as millibits,
        {{ thousandths('bits_per_doubling') }} as millibits_per_doubling,
        cast(most_doublings as double precision) as most_doublings,
        {{ thousandths('bits_per_word_bit') }} as millibits_per_word_bit
    from match_weights

)

select * from final
