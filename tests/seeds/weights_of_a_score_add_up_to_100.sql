with

scores as (

    select
        'completeness_weights' as seed,
        sum(weight) as total
    from {{ ref('completeness_weights') }}

    union all

    select
        'lead_priority_weights' as seed,
        sum(weight) as total
    from {{ ref('lead_priority_weights') }}

)

select * from scores
where total is null or total <> 100
