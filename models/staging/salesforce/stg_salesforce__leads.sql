{{ config(materialized='view') }}

with

source as (

    select * from {{ ref('stg_salesforce__lead_versions') }}

),

newest as (

    select * from source
    where is_newest_version

)

select * from newest
