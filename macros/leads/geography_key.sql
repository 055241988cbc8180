{% macro geography_key(country_code, state_code, county, city, postal_code) %}
{{ dbt_utils.generate_surrogate_key([country_code, state_code, fold_ascii(county), fold_ascii(city), postal_code]) }}
{%- endmacro %}
