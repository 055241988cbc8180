-- each of them is rounded to nine digits
with

chances as (

    select
        status,
        chance_converted + chance_unqualified + chance_disqualified + chance_closed_won + chance_closed_lost
        + chance_of_no_end as chance
    from {{ ref('lead_status_outlook') }}

)

select * from chances
where chance is null or abs(chance - 1) > 1e-8
