{#- What belongs together is taken together: a street of one source and a city of another are no address. -#}
{% macro golden_attributes() %}
{{ return({
    'business_name': ['business_name'],
    'legal_name': ['legal_name'],
    'dba_name': ['dba_name'],
    'website': ['website'],
    'contact': ['contact_name_key', 'contact_name_masked', 'contact_role'],
    'phone': ['phone_key', 'phone_masked'],
    'mobile_phone': ['mobile_phone_key', 'mobile_phone_masked'],
    'email': ['email_key', 'email_masked'],
    'address': ['street', 'city', 'county', 'state_code', 'postal_code', 'country_code'],
    'license': [
        'license_number', 'license_type', 'facility_type', 'license_status', 'issue_date', 'expiry_date', 'is_license_active',
    ],
    'capacity': ['capacity'],
    'ages_served': ['serves_infants', 'serves_toddlers', 'serves_preschool', 'serves_school_age'],
    'lead_status': ['lead_status'],
    'lead_source': ['lead_source'],
    'owner': ['owner_id'],
}) }}
{% endmacro %}
