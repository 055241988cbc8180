-- Each attribute as a whole is found in a record of the site and of the source named; none is missing that a source could give.
{%- set is_it = {} %}
{%- for attribute, columns in golden_attributes().items() %}
{%- set conditions = ['leads.source_system = dim_lead.' ~ attribute ~ '_from'] %}
{%- for column in columns %}
{%- do conditions.append('leads.' ~ column ~ ' is not distinct from dim_lead.' ~ column) %}
{%- endfor %}
{%- do is_it.update({attribute: conditions | join(' and ')}) %}
{%- endfor %}

with

dim_lead as (

    select * from {{ ref('dim_lead') }}

),

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

fct_leads as (

    select * from {{ ref('fct_leads') }}

),

authority as (

    select * from {{ ref('int_attribute_authority') }}

),

found as (

    select
        {%- for attribute, columns in golden_attributes().items() %}
        {{ dbt.bool_or('dim_lead.' ~ attribute ~ '_from is not null') }} as has_{{ attribute }},
        {{ dbt.bool_or(is_it[attribute]) }} as found_{{ attribute }},
        {{ dbt.bool_or('authority.' ~ attribute ~ '_authority is not null and leads.' ~ columns[0] ~ ' is not null') }}
            as known_{{ attribute }},
        {%- endfor %}
        dim_lead.site_key
    from dim_lead
    inner join fct_leads on dim_lead.site_key = fct_leads.site_key
    inner join leads on fct_leads.lead_key = leads.lead_key
    left join authority on leads.source_system = authority.source_system
    group by dim_lead.site_key

)

select site_key
from found
where
    site_key is null
    {%- for attribute in golden_attributes() %}
    or (has_{{ attribute }} and not found_{{ attribute }})
    or (known_{{ attribute }} and not has_{{ attribute }})
    {%- endfor %}
