with

leads as (

    select * from {{ ref('int_leads_unioned') }}

),

recency as (

    select * from {{ ref('int_lead_recency') }}

),

choices as (

    select * from {{ ref('int_lead_attribute_choices') }}

),

-- Of a site's records exactly one is chosen for an attribute, so that the aggregate only picks its value.
final as (

    select
        recency.site_key
        {%- for attribute, columns in golden_attributes().items() %}
        {%- for column in columns %}
        {%- set chosen = 'case when recency.recency = choices.' ~ attribute ~ '_recency then leads.' ~ column ~ ' end' %},
        {{ dbt.bool_or(chosen) if column.startswith(('is_', 'serves_')) else 'max(' ~ chosen ~ ')' }} as {{ column }}
        {%- endfor %},
        max(case when recency.recency = choices.{{ attribute }}_recency then leads.source_system end) as {{ attribute }}_from
        {%- endfor %}
    from recency
    inner join leads on recency.lead_key = leads.lead_key
    inner join choices on recency.site_key = choices.site_key
    group by recency.site_key

)

select * from final
