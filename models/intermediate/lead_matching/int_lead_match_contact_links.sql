with

match_pairs as (

    select * from {{ ref('int_lead_match_pairs') }}

),

features as (

    select * from {{ ref('lead_match_features') }}

),

-- A name in common, or a part of one beside a phone: a phone is theirs alone more often than an address on the internet is.
related as (

    select *
    from match_pairs
    where
        (
            name_level not in ('different', 'partly', 'missing')
            and (phone_level = 'same' or email_level = 'same' or domain_level = 'same')
        )
        or (name_level = 'partly' and phone_level = 'same' and phone_millibits > 0)

),

-- A domain ties the more, the fewer sites have it: some write down one that is nobody's.
final as (

    select
        related.left_lead_key,
        related.right_lead_key,
        case
            when related.email_level = 'same' then 'e-mail'
            when related.domain_level = 'same' then 'domain'
            else 'phone'
        end as match_rule,
        related.name_millibits + related.person_millibits
        + greatest(related.phone_millibits, 0) + greatest(related.email_millibits, 0)
        + case
            when related.domain_level = 'same'
                then 4000 - cast(round(1250 * ln(greatest(left_side.domain_sites, right_side.domain_sites)) / ln(2)) as integer)
            else 0
        end
        - 1000 as millibits
    from related
    inner join features as left_side on related.left_lead_key = left_side.lead_key
    inner join features as right_side on related.right_lead_key = right_side.lead_key

)

select * from final
