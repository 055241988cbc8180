with

match_keys as (

    select * from {{ ref('lead_match_keys') }}

),

narrow_keys as (

    select distinct match_key
    from {{ ref('lead_match_narrow_keys') }}

),

-- A phone may be one lead's phone and another one's mobile phone: a key is told under one rule only.
shared_keys as (

    select
        match_key,
        min(rule) as rule,
        count(*) as lead_count
    from match_keys
    group by match_key
    having count(*) > 1

),

counted as (

    select
        shared_keys.rule,
        narrow_keys.match_key is null as is_cut,
        shared_keys.lead_count,
        shared_keys.lead_count * (shared_keys.lead_count - 1) / 2 as pair_count
    from shared_keys
    left join narrow_keys on shared_keys.match_key = narrow_keys.match_key

),

final as (

    select
        rule,
        count(*) as key_count,
        sum(case when is_cut then 1 else 0 end) as cut_key_count,
        cast(sum(case when is_cut then 0 else pair_count end) as bigint) as pair_count,
        cast(sum(case when is_cut then pair_count else 0 end) as bigint) as cut_pair_count,
        max(lead_count) as most_leads
    from counted
    group by rule

)

select * from final
