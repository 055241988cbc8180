with

days as (

    select
        coalesce(sum(interaction_count), 0) as interaction_count,
        coalesce(sum(positive_count), 0) as positive_count,
        coalesce(sum(deals_created), 0) as deals_created,
        coalesce(sum(value_created), 0) as value_created,
        coalesce(sum(deals_won), 0) as deals_won,
        coalesce(sum(deals_lost), 0) as deals_lost,
        coalesce(sum(revenue), 0) as revenue
    from {{ ref('sales_summary') }}

),

interactions as (

    select
        count(interacted_at) as interaction_count,
        count(case when outcome = 'positive' then interacted_at end) as positive_count
    from {{ ref('int_interactions') }}

),

deals as (

    select
        count(created_date) as deals_created,
        coalesce(sum(case when created_date is not null then deal_value end), 0) as value_created,
        count(case when outcome = 'won' then closed_date end) as deals_won,
        count(case when outcome = 'lost' then closed_date end) as deals_lost,
        coalesce(sum(case when outcome = 'won' and closed_date is not null then deal_value end), 0) as revenue
    from {{ ref('int_customer_deals') }}

),

compared as (

    {%- for table, measures in {
        'interactions': ['interaction_count', 'positive_count'],
        'deals': ['deals_created', 'value_created', 'deals_won', 'deals_lost', 'revenue'],
    }.items() %}
    {%- for measure in measures %}
    select
        '{{ measure }}' as measure,
        {{ table }}.{{ measure }} as expected,
        days.{{ measure }} as sum_of_the_days
    from {{ table }}
    cross join days
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from compared
where expected <> sum_of_the_days
