{% macro weights_by_part(seed, parts, type='integer') %}
select
    {%- for part in parts %}
    cast(coalesce(sum(case when part = '{{ part }}' then weight end), 0) as {{ type }}) as {{ part }}_weight{{ ',' if not loop.last }}
    {%- endfor %}
from {{ seed }}
{%- endmacro %}
