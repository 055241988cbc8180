{{ config(severity='warn') }}

select
    field_key,
    field_value_options
from {{ ref('stg_pipedrive__fields') }}
where field_value_options <> {{ flat_json_list('field_value_options') }}
