{% macro is_license_current(is_license_active, expiry_date) %}
({{ is_license_active }} and coalesce({{ expiry_date }} >= cast({{ as_of() }} as date), true))
{%- endmacro %}
