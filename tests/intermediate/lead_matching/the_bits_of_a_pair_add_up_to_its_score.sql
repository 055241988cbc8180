select
    left_lead_key,
    right_lead_key
from {{ ref('int_lead_match_pairs') }}
where
    prior_millibits
    {%- for attribute in ['name', 'number', 'address', 'place', 'phone', 'email', 'domain', 'person'] %}
    + {{ attribute }}_millibits
    {%- endfor %}
    <> total_millibits
