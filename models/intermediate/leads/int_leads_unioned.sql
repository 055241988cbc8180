with

salesforce as (

    select * from {{ ref('int_leads_salesforce') }}

),

facilities as (

    select * from {{ ref('int_leads_facilities') }}

),

unioned as (

    select * from salesforce
    union all
    select * from facilities

),

final as (

    select
        {{ dbt_utils.generate_surrogate_key(['source_system', 'source_lead_id']) }} as lead_key,
        {{ geography_key('country_code', 'state_code', 'county', 'city', 'postal_code') }} as geography_key,
        {{ dbt_utils.generate_surrogate_key([fold('lead_status')]) }} as lead_status_key,
        {{ dbt_utils.generate_surrogate_key([fold('lead_source')]) }} as lead_source_key,
        unioned.*
    from unioned

)

select * from final
