-- Both tables keep what earlier runs have put there: this shows that they have forgotten the same.
with

candidates as (

    select * from {{ ref('int_lead_match_candidates') }}

),

pairs as (

    select * from {{ ref('int_lead_match_pairs') }}

)

select
    coalesce(candidates.left_lead_key, pairs.left_lead_key) as left_lead_key,
    coalesce(candidates.right_lead_key, pairs.right_lead_key) as right_lead_key
from candidates
full outer join pairs
    on
        candidates.left_lead_key = pairs.left_lead_key
        and candidates.right_lead_key = pairs.right_lead_key
where candidates.left_lead_key is null or pairs.left_lead_key is null
