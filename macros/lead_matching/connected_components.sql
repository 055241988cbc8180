{#
    CTEs that end in `components` (lead_key, component_key): what a link joins, directly or through others, has one key,
    the smallest lead_key in it. In each round everyone takes the smallest key among its neighbours', then the key of the
    lead that this is; so a key travels twice as far in every round. `links` needs left_lead_key and right_lead_key.
#}
{% macro connected_components(links, rounds=7) -%}
neighbours as (

    select left_lead_key as lead_key, right_lead_key as neighbour_key from {{ links }}
    union
    select right_lead_key as lead_key, left_lead_key as neighbour_key from {{ links }}

),

reached_0 as (

    select
        lead_key,
        least(lead_key, min(neighbour_key)) as component_key
    from neighbours
    group by lead_key

),

{% for round in range(1, rounds + 1) -%}
spread_{{ round }} as (

    select
        neighbours.lead_key,
        least(min(own.component_key), min(theirs.component_key)) as component_key
    from neighbours
    inner join reached_{{ round - 1 }} as own on neighbours.lead_key = own.lead_key
    inner join reached_{{ round - 1 }} as theirs on neighbours.neighbour_key = theirs.lead_key
    group by neighbours.lead_key

),

reached_{{ round }} as (

    select
        spread.lead_key,
        least(spread.component_key, further.component_key) as component_key
    from spread_{{ round }} as spread
    inner join spread_{{ round }} as further on spread.component_key = further.lead_key

),

{% endfor -%}
components as (

    select * from reached_{{ rounds }}

)
{%- endmacro %}
