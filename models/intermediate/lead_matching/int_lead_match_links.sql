{% set attributes = ['name', 'number', 'address', 'place', 'phone', 'email', 'domain', 'person'] -%}
with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

site_pairs as (

    select * from {{ ref('int_lead_match_site_pairs') }}

),

organization_links as (

    select * from {{ ref('int_lead_match_organization_links') }}

),

match_pairs as (

    select * from {{ ref('int_lead_match_pairs') }}

),

-- Two records of different sites may be tied by more than one thing: the strongest is told.
organization_pairs as (

    select
        case
            when {{ stands_left('left_lead', 'right_lead') }} then left_lead.lead_key else right_lead.lead_key
        end as left_lead_key,
        case
            when {{ stands_left('left_lead', 'right_lead') }} then right_lead.lead_key else left_lead.lead_key
        end as right_lead_key,
        organization_links.match_rule,
        organization_links.confidence,
        row_number() over (
            partition by least(left_lead.lead_key, right_lead.lead_key), greatest(left_lead.lead_key, right_lead.lead_key)
            order by organization_links.confidence desc, organization_links.match_rule asc
        ) as link_rank
    from organization_links
    inner join leads as left_lead on organization_links.left_lead_key = left_lead.lead_key
    inner join leads as right_lead on organization_links.right_lead_key = right_lead.lead_key

),

unioned as (

    select
        left_lead_key,
        right_lead_key,
        'site' as match_level,
        match_rule,
        is_through_licence,
        confidence
    from site_pairs

    union all

    select
        left_lead_key,
        right_lead_key,
        'organization' as match_level,
        match_rule,
        false as is_through_licence,
        confidence
    from organization_pairs
    where link_rank = 1

),

final as (

    select
        unioned.left_lead_key,
        unioned.right_lead_key,
        unioned.match_level,
        unioned.match_rule,
        cast(round(
            -- a division would give a fraction in floating point on one engine
            case
                when
                    unioned.match_rule = 'same site'
                    and not unioned.is_through_licence
                    and match_pairs.total_millibits is not null
                    then 0.5 * (unioned.confidence + {{ pair_confidence('match_pairs') }})
                else unioned.confidence
            end, 4
        ) as numeric(5, 4)) as confidence,
        {%- for attribute in attributes %}
        match_pairs.{{ attribute }}_level,
        {{ bits('match_pairs.' ~ attribute ~ '_millibits') }} as {{ attribute }}_bits,
        {%- endfor %}
        {{ bits('match_pairs.prior_millibits') }} as prior_bits,
        {{ bits('match_pairs.total_millibits') }} as total_bits
    from unioned
    left join match_pairs
        on
            least(unioned.left_lead_key, unioned.right_lead_key) = match_pairs.left_lead_key
            and greatest(unioned.left_lead_key, unioned.right_lead_key) = match_pairs.right_lead_key

)

select
    *,
    {{ match_explanation(attributes) }} as explanation
from final
