-- Both sides choose a record's newest version by themselves; that the hashes agree shows that they chose the same.
with

contact_details as (

    select
        contact_key,
        {{ pii_hash(fold_ascii('person_name')) }} as contact_name_key,
        {{ pii_hash('phone') }} as phone_key,
        {{ pii_hash('mobile_phone') }} as mobile_phone_key,
        {{ pii_hash('email') }} as email_key
    from {{ ref('contact_details') }}

),

leads as (

    select * from {{ ref('int_leads_unioned') }}

)

select
    leads.lead_key,
    contact_details.contact_key
from leads
full outer join contact_details on leads.lead_key = contact_details.contact_key
where
    leads.lead_key is null
    or contact_details.contact_key is null
    {%- for key in ['contact_name_key', 'phone_key', 'mobile_phone_key', 'email_key'] %}
    or leads.{{ key }} is distinct from contact_details.{{ key }}
    {%- endfor %}
