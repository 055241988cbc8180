{% macro date_key(moment) %}
case
    when {{ date_part('year', moment) }} between 1900 and 2100
        then
            {{ date_part('year', moment) }} * 10000
            + {{ date_part('month', moment) }} * 100
            + {{ date_part('day', moment) }}
end
{%- endmacro %}
