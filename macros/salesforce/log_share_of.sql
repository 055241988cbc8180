{# The same on a logarithmic scale: ln(1 + x) / ln(1 + full). #}
{% macro log_share_of(expression, full) -%}
    least(ln(1 + greatest(coalesce(cast({{ expression }} as double precision), 0), 0)) / ln(1 + cast({{ full }} as double precision)), 1)
{%- endmacro %}
