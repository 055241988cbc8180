{{ config(materialized='table', schema='private') }}

with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

names as (

    select * from {{ ref('int_lead_match_names') }}

),

word_lists as (

    select * from {{ ref('int_lead_match_word_lists') }}

),

addresses as (

    select * from {{ ref('int_lead_match_addresses') }}

),

contacts as (

    select * from {{ ref('lead_match_contacts') }}

),

sharing as (

    select * from {{ ref('lead_match_sharing') }}

),

licensed_places as (

    select distinct
        addresses.house_number,
        addresses.street_name,
        addresses.state_code
    from addresses
    inner join leads on addresses.lead_key = leads.lead_key
    where leads.source_system <> 'salesforce'

),

final as (

    select
        -- ids
        contacts.lead_key,
        leads.source_system <> 'salesforce' as is_licensed,

        -- name
        names.name,
        names.alternate_name,
        names.compact_name,
        names.compact_alternate_name,
        coalesce(words.numbers, '') as name_numbers,
        coalesce(words.words, {{ no_words() }}) as words,
        coalesce(words.bits, 0) as word_bits,
        coalesce(alternate_words.words, {{ no_words() }}) as alternate_words,
        coalesce(alternate_words.bits, 0) as alternate_word_bits,
        coalesce(name_sharing.site_count, 1) as name_sites,

        -- address
        addresses.house_number,
        addresses.street_name,
        addresses.city,
        addresses.state_code,
        addresses.postal_code,
        licensed_places.house_number is not null as is_at_licence,
        coalesce(address_sharing.site_count, 1) as address_sites,

        -- contact
        contacts.phone,
        contacts.mobile_phone,
        contacts.email,
        contacts.mailbox,
        coalesce(contacts.mail_domain, contacts.website_domain) as domain,
        coalesce(contacts.website_domain, contacts.mail_domain) as second_domain,
        contacts.person_name,
        contacts.last_name,
        coalesce(phone_sharing.site_count, 1) as phone_sites,
        coalesce(mobile_sharing.site_count, 1) as mobile_phone_sites,
        coalesce(email_sharing.site_count, 1) as email_sites,
        coalesce(domain_sharing.site_count, 1) as domain_sites
    from contacts
    inner join leads on contacts.lead_key = leads.lead_key
    inner join names on contacts.lead_key = names.lead_key
    inner join addresses on contacts.lead_key = addresses.lead_key
    left join word_lists as words
        on contacts.lead_key = words.lead_key and not words.is_alternate
    left join word_lists as alternate_words
        on contacts.lead_key = alternate_words.lead_key and alternate_words.is_alternate
    left join sharing as name_sharing
        on names.compact_name = name_sharing.shared_value and name_sharing.attribute = 'name'
    left join sharing as address_sharing
        on
            addresses.house_number || ' ' || addresses.street_name || ' ' || coalesce(addresses.state_code, '')
            = address_sharing.shared_value
            and address_sharing.attribute = 'address'
    left join licensed_places
        on
            addresses.house_number = licensed_places.house_number
            and addresses.street_name = licensed_places.street_name
            and addresses.state_code = licensed_places.state_code
    left join sharing as phone_sharing
        on contacts.phone = phone_sharing.shared_value and phone_sharing.attribute = 'phone'
    left join sharing as mobile_sharing
        on contacts.mobile_phone = mobile_sharing.shared_value and mobile_sharing.attribute = 'phone'
    left join sharing as email_sharing
        on contacts.email = email_sharing.shared_value and email_sharing.attribute = 'email'
    left join sharing as domain_sharing
        on
            coalesce(contacts.mail_domain, contacts.website_domain) = domain_sharing.shared_value
            and domain_sharing.attribute = 'domain'

)

select * from final
