{{ config(materialized='table', schema='private') }}

with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

names as (

    select * from {{ ref('int_lead_match_names') }}

),

addresses as (

    select * from {{ ref('int_lead_match_addresses') }}

),

contacts as (

    select * from {{ ref('lead_match_contacts') }}

),

records as (

    select
        contacts.*,
        names.compact_name,
        addresses.house_number || ' ' || addresses.street_name as place,
        addresses.house_number || ' ' || addresses.street_name || ' ' || coalesce(addresses.state_code, '') as address,
        leads.source_system <> 'salesforce' as is_licensed
    from leads
    inner join contacts on leads.lead_key = contacts.lead_key
    inner join names on leads.lead_key = names.lead_key
    inner join addresses on leads.lead_key = addresses.lead_key

),

{% set columns = {
    'phone': ['phone', 'mobile_phone'],
    'email': ['email'],
    'domain': ['mail_domain', 'website_domain'],
    'name': ['compact_name'],
    'address': ['address'],
} -%}
given as (

    {%- for attribute, sources in columns.items() %}
    {%- set outer_loop = loop %}
    {%- for column in sources %}
    select
        '{{ attribute }}' as attribute,
        {{ column }} as shared_value,
        compact_name,
        place,
        phone,
        is_licensed
    from records
    where {{ column }} is not null
    {{ 'union all' if not (loop.last and outer_loop.last) }}
    {%- endfor %}
    {%- endfor %}

),

counted as (

    select
        attribute,
        shared_value,
        count(distinct compact_name) as names,
        count(distinct place) as places,
        count(distinct phone) as phones,
        count(distinct case when is_licensed then place end) as licensed_places,
        count(distinct case when is_licensed then compact_name end) as licensed_names
    from given
    group by attribute, shared_value
    having count(*) > 1

),

-- Who moved once has two addresses and one name; who shares the value has another name and another address.
final as (

    select
        attribute,
        shared_value,
        least(greatest(
            case attribute
                when 'name' then greatest(licensed_places, places - 1, phones - 2)
                when 'address' then greatest(licensed_names, least(names, phones) - 1)
                else greatest(licensed_places, least(names, greatest(places, {{ whole_part('names', 2) }})), places - 1)
            end,
            1
        ), 32) as site_count
    from counted

)

select * from final
where site_count > 1
