with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

recency as (

    select * from {{ ref('int_lead_recency') }}

),

authority as (

    select * from {{ ref('int_attribute_authority') }}

),

{#- The first column of an attribute makes it whole: an address without a street is taken only where no record has one. #}

-- One number to a record and attribute, the smallest wins: whole before partial, then authority, then recency.
final as (

    select
        {%- for attribute, columns in golden_attributes().items() %}
        min(
            case
                when leads.{{ columns | join(' is not null or leads.') }} is not null
                    then
                        case when leads.{{ columns[0] }} is null then 1000000000000 else 0 end
                        + cast(authority.{{ attribute }}_authority as bigint) * 1000000000
                        + recency.recency
            end
        ) % 1000000000 as {{ attribute }}_recency,
        {%- endfor %}
        recency.site_key
    from recency
    inner join leads on recency.lead_key = leads.lead_key
    left join authority on recency.source_system = authority.source_system
    group by recency.site_key

)

select * from final
