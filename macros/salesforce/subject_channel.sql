{# The channel that a word of a subject names, of several words' the first in the seed; the subject itself stays raw. #}
{% macro subject_channel(column) -%}
    (
        select (array_agg(channels.channel order by channels.priority, channels.channel))[1]
        from {{ ref('interaction_channels') }} as channels
        where
            channels.attribute = 'subject word'
            and ' ' || {{ regex_replace(lower_case(column), '[^a-z]+', ' ') }} || ' ' like '% ' || channels.value || ' %'
    )
{%- endmacro %}
