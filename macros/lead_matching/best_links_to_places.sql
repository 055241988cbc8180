{#
    A query: of the links between a lead with a place and one without, the latter's best one. `links` needs left_lead_key,
    right_lead_key, total_millibits, is_left_placed and is_right_placed.
#}
{% macro best_links_to_places(links) -%}
select
        left_lead_key,
        right_lead_key,
        unplaced_lead_key
    from (
        select
            *,
            row_number() over (
                partition by unplaced_lead_key
                order by total_millibits desc, left_lead_key asc, right_lead_key asc
            ) as link_rank
        from (
            select
                *,
                case when is_left_placed then right_lead_key else left_lead_key end as unplaced_lead_key
            from {{ links }}
            where is_left_placed <> is_right_placed
        ) as links_to_places
    ) as ranked
    where link_rank = 1
{%- endmacro %}
