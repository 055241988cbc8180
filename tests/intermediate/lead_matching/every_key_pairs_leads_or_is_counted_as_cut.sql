with

match_keys as (

    select * from {{ ref('lead_match_keys') }}

),

narrow_keys as (

    select * from {{ ref('lead_match_narrow_keys') }}

),

cut_keys as (

    select * from {{ ref('int_lead_match_cut_keys') }}

),

shared_keys as (

    select match_key
    from match_keys
    group by match_key
    having count(*) > 1

),

kept_keys as (

    select distinct shared_keys.match_key
    from shared_keys
    inner join narrow_keys on shared_keys.match_key = narrow_keys.match_key

),

counted as (

    select
        (select count(*) from shared_keys) as shared_keys,
        (select count(*) from kept_keys) as kept_keys,
        (select coalesce(sum(key_count), 0) from cut_keys) as reported_keys,
        (select coalesce(sum(cut_key_count), 0) from cut_keys) as reported_cut_keys

)

select * from counted
where shared_keys <> reported_keys or shared_keys - kept_keys <> reported_cut_keys
