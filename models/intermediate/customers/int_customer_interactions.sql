with

channels as (

    select * from {{ ref('int_customer_channels') }}

),

counted as (

    select
        customer_key,
        {%- for number, sum in {
            'total_interactions': 'interaction_count',
            'num_calls': "case when channel = 'call' then interaction_count else 0 end",
            'num_emails': "case when channel = 'email' then interaction_count else 0 end",
            'num_whatsapp': "case when channel = 'whatsapp' then interaction_count else 0 end",
            'num_positive_outcomes': 'positive_count',
            'num_negative_outcomes': 'negative_count',
            'num_neutral_outcomes': 'neutral_count',
        }.items() %}
        cast(sum({{ sum }}) as bigint) as {{ number }},
        {%- endfor %}
        max(last_interaction_date) as last_interaction_date
    from channels
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
