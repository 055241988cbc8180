with

listed as (

    select
        source_system,
        period,
        count(*) as row_count
    from {{ ref('int_facilities_listings') }}
    group by source_system, period

),

landed as (

    {%- for state in ['nevada', 'oklahoma', 'texas'] %}
    select
        '{{ state }}' as source_system,
        _period as period,
        count(*) as row_count
    from {{ source('raw_facilities', state) }}
    group by _period
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select
    landed.source_system,
    landed.period,
    landed.row_count as landed_rows,
    listed.row_count as listed_rows
from landed
full outer join listed
    on
        landed.source_system = listed.source_system
        and landed.period = listed.period
where landed.row_count is distinct from listed.row_count
