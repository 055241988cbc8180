{# Whether two texts differ in nothing but two neighbouring characters that have changed places; the first nine count. #}
{% macro is_swapped(left_text, right_text) -%}
    (
        length({{ left_text }}) = length({{ right_text }})
        and (
            {%- for place in range(1, 9) %}
            {{ 'or ' if not loop.first -}}
            {{ left_text }} = left({{ right_text }}, {{ place - 1 }}) || substr({{ right_text }}, {{ place + 1 }}, 1)
            || substr({{ right_text }}, {{ place }}, 1) || substr({{ right_text }}, {{ place + 2 }})
            {%- endfor %}
        )
    )
{%- endmacro %}
