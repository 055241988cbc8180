{# Before an increment: the channels of customers whose interactions are no longer those that they were made from. #}
{% macro forget_changed_conversations() -%}
    {%- if is_incremental() -%}
    delete from {{ this }} as known
    where not exists (
        select 1
        from {{ ref('int_customer_interactions') }} as customers
        where
            known.customer_key = customers.customer_key
            and known.made_from = {{ made_from_conversation('customers') }}
    )
    {%- endif -%}
{%- endmacro %}


{# The model's code and all interactions of a customer, as a text. #}
{% macro made_from_conversation(customers) -%}
    {{ made_from('cast(' ~ customers ~ '.state_of_conversation as ' ~ dbt.type_string() ~ ')') }}
{%- endmacro %}
