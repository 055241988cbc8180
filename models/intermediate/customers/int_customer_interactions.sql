with

interactions as (

    select * from {{ ref('int_interactions') }}

),

counted as (

    select
        customer_key,
        count(*) as total_interactions,
        count(case when channel = 'call' then 1 end) as num_calls,
        count(case when channel = 'email' then 1 end) as num_emails,
        count(case when channel = 'whatsapp' then 1 end) as num_whatsapp,
        count(case when outcome = 'positive' then 1 end) as num_positive_outcomes,
        count(case when outcome = 'negative' then 1 end) as num_negative_outcomes,
        count(case when outcome = 'neutral' then 1 end) as num_neutral_outcomes,
        cast(max(interacted_at) as date) as last_interaction_date,
        sum({{ row_hash(['interaction_id', 'channel', 'direction', 'interacted_at']) }}) as state_of_conversation
    from interactions
    group by customer_key

),

-- Of equal ones call before whatsapp before email.
final as (

    select
        *,
        case
            when num_calls > 0 and num_calls >= greatest(num_whatsapp, num_emails) then 'call'
            when num_whatsapp > 0 and num_whatsapp >= num_emails then 'whatsapp'
            else 'email'
        end as preferred_channel
    from counted

)

select * from final
