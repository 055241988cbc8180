-- Which open leads to call today, and why? Those most likely converted first, or, where `leadhouse score` never ran, of the highest score.
with

lead_scores as (

    select * from {{ ref('lead_scores') }}
    where not is_converted

),

leads as (

    select * from {{ ref('stg_salesforce__leads') }}

),

end_states as (

    select {{ fold('status') }} as status
    from {{ ref('lead_status_groups') }}
    where is_end_state

),

open_leads as (

    select
        lead_scores.*,
        coalesce(leads.days_since_last_activity, {{ days_since('leads.last_activity_date') }}) as days_silent,
        row_number() over (
            order by
                lead_scores.conversion_probability desc nulls last,
                lead_scores.lead_score desc,
                lead_scores.lead_id asc
        ) as place,
        avg(lead_scores.conversion_probability) over () as mean_probability
    from lead_scores
    inner join leads on lead_scores.lead_id = leads.lead_id
    where
        lead_scores.lead_status is null
        or {{ fold('lead_scores.lead_status') }} not in (select end_states.status from end_states)

),

final as (

    select
        place,
        lead_id,
        owner_id,
        company,
        lead_status,
        conversion_probability,
        lead_score,
        days_silent,
        nullif(concat_ws(
            ', ',
            case when conversion_probability >= 2 * mean_probability then 'twice as likely converted as the mean' end,
            case when priority in ('High', 'Critical') then 'of ' || lower(priority) || ' priority' end,
            case when days_silent is null then 'no activity yet' end,
            case when days_silent > 14 then 'silent for more than two weeks' end
        ), '') as reasons
    from open_leads
    where place <= 50

)

select * from final
order by place
