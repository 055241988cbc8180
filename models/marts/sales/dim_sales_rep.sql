{{ config(indexes=postgres_indexes([{'columns': ['sales_rep_id']}])) }}

with

users as (

    select
        *,
        row_number() over (
            partition by user_id
            order by coalesce(modified_at, cast('0001-01-01' as timestamp)) desc, row_number_in_delivery desc
        ) as recency
    from {{ ref('stg_pipedrive__users') }}

),

newest_users as (

    select * from users
    where recency = 1 and user_id is not null

),

sales_rep_ids as (

    select user_id as sales_rep_id from newest_users
    union
    select owner_id as sales_rep_id from {{ ref('int_deal_owner_periods') }}
    where owner_id is not null
    union
    select sales_rep_id from {{ ref('int_deal_activities') }}
    where sales_rep_id is not null

),

final as (

    select
        sales_rep_ids.sales_rep_id,
        newest_users.user_name_masked as sales_rep_name,
        coalesce(newest_users.user_name_masked, 'Unknown')
        || ' (' || cast(sales_rep_ids.sales_rep_id as {{ dbt.type_string() }}) || ')' as sales_rep_label,
        newest_users.email_hash,
        newest_users.user_id is not null as is_known_user
    from sales_rep_ids
    left join newest_users on sales_rep_ids.sales_rep_id = newest_users.user_id

)

select * from final
