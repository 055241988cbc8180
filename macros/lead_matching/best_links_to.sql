{#
    Two CTEs. `best_links`: of the links between a lead with a place and one without, each of the latter's best one;
    `having_one`: the leads without a place that have such a link. `links` needs left_lead_key, right_lead_key,
    total_millibits, is_left_placed and is_right_placed.
#}
{% macro best_links_to(links, best_links, having_one) -%}
{{ best_links }} as (

    select * from (
        select
            left_lead_key,
            right_lead_key,
            case when is_left_placed then right_lead_key else left_lead_key end as unplaced_lead_key,
            row_number() over (
                partition by case when is_left_placed then right_lead_key else left_lead_key end
                order by total_millibits desc, left_lead_key asc, right_lead_key asc
            ) as link_rank
        from {{ links }}
        where is_left_placed <> is_right_placed
    ) as ranked
    where link_rank = 1

),

{{ having_one }} as (

    select unplaced_lead_key as lead_key from {{ best_links }}

)
{%- endmacro %}
