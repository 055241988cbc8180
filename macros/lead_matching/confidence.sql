{% macro confidence(odds, all_odds) -%}
    cast({{ round_half_away('cast(' ~ odds ~ ' as numeric(28, 8)) / cast(' ~ all_odds ~ ' as numeric(28, 0))', 4) }} as numeric(5, 4))
{%- endmacro %}
