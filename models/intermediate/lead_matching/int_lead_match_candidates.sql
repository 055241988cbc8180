{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ forget_changed_leads() }}"
) }}

with

narrow_keys as (

    select * from {{ ref('lead_match_narrow_keys') }}

),

states as (

    select * from {{ ref('lead_match_states') }}

),

{% if is_incremental() -%}
-- Pairs of which neither side has changed are in the table already.
changed as (

    select lead_key from states
    where batch > (select coalesce(max(known.batch), 0) from {{ this }} as known)

),

changed_keys as (

    select
        narrow_keys.match_key,
        narrow_keys.lead_key
    from narrow_keys
    inner join changed on narrow_keys.lead_key = changed.lead_key

),
{%- else -%}
changed_keys as (

    select * from narrow_keys

),
{%- endif %}

paired as (

    select distinct
        least(changed_keys.lead_key, narrow_keys.lead_key) as left_lead_key,
        greatest(changed_keys.lead_key, narrow_keys.lead_key) as right_lead_key
    from changed_keys
    inner join narrow_keys on changed_keys.match_key = narrow_keys.match_key
    where changed_keys.lead_key {{ '<>' if is_incremental() else '<' }} narrow_keys.lead_key

),

newest as (

    select max(batch) as batch from states

),

final as (

    select
        paired.left_lead_key,
        paired.right_lead_key,
        newest.batch
    from paired
    cross join newest

)

select * from final
