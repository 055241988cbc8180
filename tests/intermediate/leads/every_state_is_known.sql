{{ config(severity='warn') }}

with

met as (

    select state from {{ ref('stg_salesforce__leads') }}
    union all
    select state from {{ ref('int_facilities_standardized') }}

),

state_names as (

    select * from {{ ref('int_state_names') }}

)

select
    met.state,
    count(*) as record_count
from met
left join state_names on {{ state_spelling('met.state') }} = state_names.state_spelling
where
    met.state is not null
    and state_names.state_spelling is null
group by met.state
