{#
    One English sentence: what speaks for the match and what against it, without any personal data.
#}
{% macro match_explanation(attributes) -%}
    {%- set words = {'number': 'number in the name', 'email': 'e-mail', 'domain': 'internet domain', 'person': 'contact person'} -%}
    {%- set for_it = [] -%}
    {%- set against_it = [] -%}
    {%- for attribute in attributes -%}
        {%- set phrase = quoted(words.get(attribute, attribute) ~ ' (') ~ ' || ' ~ attribute ~ '_level' ~ " || ')'" -%}
        {%- do for_it.append('case when ' ~ attribute ~ '_bits > 0 then ' ~ phrase ~ ' end') -%}
        {%- do against_it.append('case when ' ~ attribute ~ '_bits < 0 then ' ~ phrase ~ ' end') -%}
    {%- endfor -%}
    {%- set for_it = "nullif(concat_ws(', ', " ~ for_it | join(', ') ~ "), '')" -%}
    {%- set against_it = "nullif(concat_ws(', ', " ~ against_it | join(', ') ~ "), '')" -%}
    case match_rule
        when 'override' then 'A person decided that they are one site.'
        when 'renewal' then 'One licence is the renewal of the other.'
        when 'brand' then 'Their names begin with the same distinctive brand.'
        else
            case match_rule
                when 'same site' then 'Both are records of one site'
                when 'score' then 'One site by its score'
                else 'One organisation by the same ' || match_rule
            end
            || coalesce('; for it: ' || {{ for_it }}, '')
            || coalesce('; against it: ' || {{ against_it }}, '')
            || '; ' || case when confidence >= 0.995 then 'over 99' else cast(cast(round(100 * confidence) as integer) as {{ dbt.type_string() }}) end
            || ' % sure.'
    end
{%- endmacro %}
