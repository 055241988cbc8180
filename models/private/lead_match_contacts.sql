{{ config(materialized='table', schema='private') }}

with

contacts as (

    select * from {{ ref('contact_details') }}

),

leads as (

    select * from {{ ref('int_leads_unioned') }}
    where not is_deleted

),

mail_providers as (

    select * from {{ ref('mail_providers') }}

),

prepared as (

    select
        leads.lead_key,
        contacts.phone,
        nullif(contacts.mobile_phone, contacts.phone) as mobile_phone,
        contacts.email,
        {{ regex_extract('contacts.email', '^([^@]+)@') }} as mailbox,
        {{ regex_extract('contacts.email', '@(.+)$') }} as mail_domain,
        {{ regex_extract(
            lower_case('leads.website'), '^(https?://)?(www[.])?([a-z0-9-]+([.][a-z0-9-]+)+)', 3
        ) }} as website_domain,
        {{ replace_words(plain_words('contacts.person_name'), {
            '': ['unknown', 'none', 'n a', 'na', 'test', 'tbd']
        }) }} as person_name
    from leads
    inner join contacts on leads.lead_key = contacts.contact_key

),

final as (

    select
        prepared.lead_key,
        prepared.phone,
        prepared.mobile_phone,
        prepared.email,
        prepared.mailbox,
        -- what everybody can have says nothing about the business
        case when mail_providers.domain is null then prepared.mail_domain end as mail_domain,
        case when page_providers.domain is null then prepared.website_domain end as website_domain,
        prepared.person_name,
        {{ regex_extract('prepared.person_name', '([^ ]+)$') }} as last_name
    from prepared
    left join mail_providers on prepared.mail_domain = mail_providers.domain
    left join mail_providers as page_providers on prepared.website_domain = page_providers.domain

)

select * from final
