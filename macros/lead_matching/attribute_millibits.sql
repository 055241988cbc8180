{#
    What an attribute's level is worth. A value that several sites share is worth less with every doubling of their number.
#}
{% macro attribute_millibits(weight, site_count) -%}
    coalesce({{ weight }}.millibits, 0)
    {%- if site_count %}
    + case
        when {{ weight }}.millibits_per_doubling <> 0 and {{ site_count }} > 1
            then cast(round({{ weight }}.millibits_per_doubling * least(ln({{ site_count }}) / ln(2), {{ weight }}.most_doublings)) as integer)
        else 0
    end
    {%- endif %}
{%- endmacro %}
