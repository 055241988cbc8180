{#
    CTEs that end in `powers` (chain, from_status, to_status, probability): where a chain of moves has led after 2 ^ `rounds`
    of them, and in `visits` (chain, from_status, to_status, visits): how often it has left each status that it may leave until
    then. Each round squares: twice as many moves. `moves` needs chain, from_status, to_status and probability, for statuses
    that are left; `statuses` chain, status and is_left, for all. What is next to nothing is left out: Postgres takes the product
    of two such numbers for an error.
#}
{% macro matrix_powers(moves, statuses, rounds=16) -%}
powers_0 as (

    select
        chain,
        from_status,
        to_status,
        probability
    from {{ moves }}

    union all

    select
        chain,
        status as from_status,
        status as to_status,
        cast(1 as double precision) as probability
    from {{ statuses }}
    where not is_left

),

visits_0 as (

    select
        chain,
        status as from_status,
        status as to_status,
        cast(1 as double precision) as visits
    from {{ statuses }}
    where is_left

),

{% for round in range(1, rounds + 1) -%}
powers_{{ round }} as (

    select
        first_half.chain,
        first_half.from_status,
        second_half.to_status,
        sum(first_half.probability * second_half.probability) as probability
    from powers_{{ round - 1 }} as first_half
    inner join powers_{{ round - 1 }} as second_half
        on first_half.chain = second_half.chain and first_half.to_status = second_half.from_status
    group by first_half.chain, first_half.from_status, second_half.to_status
    having sum(first_half.probability * second_half.probability) > 1e-30

),

visits_{{ round }} as (

    select
        chain,
        from_status,
        to_status,
        sum(visits) as visits
    from (
        select * from visits_{{ round - 1 }}
        union all
        select
            powers.chain,
            powers.from_status,
            visits.to_status,
            powers.probability * visits.visits as visits
        from powers_{{ round - 1 }} as powers
        inner join visits_{{ round - 1 }} as visits
            on powers.chain = visits.chain and powers.to_status = visits.from_status
    ) as halves
    group by chain, from_status, to_status
    having sum(visits) > 1e-30

),

{% endfor -%}
powers as (

    select * from powers_{{ rounds }}

),

visits as (

    select * from visits_{{ rounds }}

)
{%- endmacro %}
