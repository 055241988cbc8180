with

moves as (

    select * from {{ ref('int_lead_status_moves') }}

),

leads as (

    select * from {{ ref('stg_salesforce__leads') }}

),

ordered as (

    select
        lead_id,
        row_number() over moves_of_lead as move_number,
        from_status,
        to_status,
        lag(to_status) over moves_of_lead as previous_to_status,
        lag(changed_at) over moves_of_lead as previous_changed_at,
        changed_at,
        lead(changed_at) over moves_of_lead as next_changed_at,
        lead(change_number) over moves_of_lead is null as is_newest,
        known_from
    from moves
    window moves_of_lead as (partition by lead_id order by change_number)

),

-- What the last move led to has been left since the last move, what the first move left since the lead was created.
entered as (

    select
        ordered.*,
        case
            when ordered.move_number = 1 then leads.created_at
            when ordered.previous_to_status = ordered.from_status then ordered.previous_changed_at
        end as entered_at
    from ordered
    left join leads on ordered.lead_id = leads.lead_id

),

final as (

    select
        lead_id,
        move_number,
        from_status,
        to_status,
        entered_at,
        changed_at,
        next_changed_at,
        case when entered_at <= changed_at then {{ days_between('entered_at', 'changed_at') }} end as days_in_from_status,
        is_newest,
        known_from
    from entered

)

select * from final
