select
    left_lead_key,
    right_lead_key
from {{ ref('fct_lead_matches') }}
where
    prior_bits + name_bits + number_bits + address_bits + place_bits + phone_bits + email_bits + domain_bits + person_bits
    <> total_bits
