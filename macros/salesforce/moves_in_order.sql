{# A common table expression `moves_in_order`: changes of leads, each with its place among the moves of its lead, and with the moves before and after it. #}
{% macro moves_in_order(changes) -%}
moves_in_order as (

    select
        *,
        row_number() over moves_of_lead as move_number,
        lag(to_status) over moves_of_lead as previous_to_status,
        lag(changed_at) over moves_of_lead as previous_changed_at,
        lead(changed_at) over moves_of_lead as next_changed_at,
        lead(change_number) over moves_of_lead is null as is_newest
    from {{ changes }}
    window moves_of_lead as (partition by lead_id, is_move order by change_number)

)
{%- endmacro %}
