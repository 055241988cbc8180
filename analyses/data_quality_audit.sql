-- How much of what Pipedrive delivers cannot be used, or not fully? One row per check: rows looked at, rows found, their share.
{%- set checks = [
    ('activities', 'without a deal', 'deal_id is null'),
    ('activities', 'of a deal that the log of changes does not know', 'deal_id is not null and not has_known_deal'),
    ('activities', 'without a type', 'activity_type is null'),
    ('activities', 'of a type that the funnel does not know', "activity_type is not null and funnel_step = 'unmapped'"),
    ('activities', 'without a sales rep', 'sales_rep_id is null'),
    ('activities', 'of a sales rep who is no user', 'not is_known_user'),
    ('activities', 'without a time', 'due_at is null'),
    ('activities', 'that share their number with another', 'rows_of_the_number > 1'),
    ('changes', 'without a deal or a time', 'deal_id is null or changed_at is null'),
    ('transitions', 'to a stage that the funnel does not know', "funnel_step = 'unmapped'"),
    ('transitions', 'while nobody owned the deal', 'owner_id is null'),
] %}

with

activities as (

    select
        activities.*,
        deals.deal_id is not null as has_known_deal,
        sales_reps.is_known_user,
        count(activities.activity_id) over (partition by activities.activity_id) as rows_of_the_number
    from {{ ref('int_deal_activities') }} as activities
    left join {{ ref('int_deals') }} as deals on activities.deal_id = deals.deal_id
    left join {{ ref('dim_sales_rep') }} as sales_reps on activities.sales_rep_id = sales_reps.sales_rep_id

),

changes as (

    select * from {{ ref('stg_pipedrive__deal_changes') }}

),

transitions as (

    select * from {{ ref('int_deal_stage_transitions') }}

),

found as (

    {%- for rows, finding, condition in checks %}
    select
        {{ loop.index }} as place,
        '{{ rows }} {{ finding }}' as finding,
        count(*) as rows_looked_at,
        count(case when {{ condition }} then 1 end) as rows_found
    from {{ rows }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

final as (

    select
        *,
        {{ safe_divide('rows_found', 'rows_looked_at') }} as share_found
    from found

)

select * from final
order by place
