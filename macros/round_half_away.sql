{% macro round_half_away(expression, digits) -%}
    {{ adapter.dispatch('round_half_away')(expression, digits) }}
{%- endmacro %}

{#
    A double counts with 15 significant digits, as in Postgres's own cast: the sixteenth is noise that would decide ties.
    Text is turned into a small decimal twenty times as fast as into a wide one, and most numbers fit into that.
#}
{% macro duckdb__round_half_away(expression, digits) -%}
    {%- set text -%}
        case
            when typeof({{ expression }}) in ('DOUBLE', 'FLOAT') then format('{:.15g}', cast({{ expression }} as double))
            else cast({{ expression }} as varchar)
        end
    {%- endset -%}
    coalesce(
        cast(try_cast({{ text }} as decimal(18, {{ digits }})) as decimal(38, {{ digits }})),
        try_cast({{ text }} as decimal(38, {{ digits }}))
    )
{%- endmacro %}

{% macro postgres__round_half_away(expression, digits) -%}
    case
        when abs(round(cast({{ expression }} as numeric), {{ digits }})) < 1e{{ 38 - digits }}
            then cast({{ expression }} as numeric(38, {{ digits }}))
    end
{%- endmacro %}
