{% macro geography_key(country_code, state_code, county, city, postal_code) %}
{{ dbt_utils.generate_surrogate_key([country_code, state_code, place_name(county), place_name(city), postal_code]) }}
{%- endmacro %}
